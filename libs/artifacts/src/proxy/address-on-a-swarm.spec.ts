import { parse } from 'yaml';
import { knownObjects } from '@itsup/routing';
import { traefikFileProblems } from './check-traefik-files';
import { renderProxy } from './render-proxy';
import { shippedTemplates, workspace, workspaceRouting } from '../testing/build';

/** Where an address of this `projects/traefik.yml` is refused, as `line`. */
function refused(text: string, engine: 'compose' | 'swarm'): (number | undefined)[] {
  const data = parse(text) as Record<string, unknown>;
  const own = workspace({ engine, traefikOverride: { file: 'projects/traefik.yml', text, data } });
  const files = renderProxy(own, workspaceRouting(), shippedTemplates());
  return traefikFileProblems(files, own.settings, knownObjects(own, workspaceRouting()))
    .filter(({ code }) => code === 'traefik-address-on-a-swarm')
    .map(({ place }) => place?.line);
}

describe('an entry point at an address of the host', () => {
  it.each([
    ['as it is documented', 'entryPoints:\n  mail:\n    address: 10.0.0.1:25\n', [3]],
    ['as version 6 of IP', 'entryPoints:\n  mail:\n    address: "[fd00::1]:25"\n', [3]],
    [
      'by keys in another case, which Traefik takes',
      'entrypoints:\n  mail:\n    Address: 10.0.0.1:25\n',
      [3],
    ],
    ['with a port alone', 'entryPoints:\n  mail:\n    address: ":25"\n', []],
  ])('%s', (_, text, lines) => {
    expect(refused(text, 'swarm')).toEqual(lines);
    expect(refused(text, 'compose')).toEqual([]);
  });
});
