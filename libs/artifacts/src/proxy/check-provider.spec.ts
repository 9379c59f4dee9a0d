import { parse } from 'yaml';
import type { YamlFile } from '@itsup/config';
import { knownObjects } from '@itsup/routing';
import { traefikFileProblems } from './check-traefik-files';
import { renderProxy } from './render-proxy';
import { shippedTemplates, workspace, workspaceRouting } from '../testing/build';

/** What is said of the provider of labels with this `projects/traefik.yml`, as `line: severity option`. */
function said(text: string, traefik?: string): string[] {
  const traefikOverride: YamlFile = {
    file: 'projects/traefik.yml',
    text,
    data: parse(text) as Record<string, unknown>,
  };
  const own = workspace({ traefikOverride });
  const { versions } = own.settings;
  const settings = { ...own.settings, versions: { ...versions, traefik: traefik ?? versions.traefik } };
  const files = renderProxy({ ...own, settings }, workspaceRouting(), shippedTemplates());
  return traefikFileProblems(files, settings, knownObjects(own, workspaceRouting()))
    .filter(({ code }) => code === 'provider-option')
    .map(({ place, severity, message }) => `${place?.line}: ${severity} ${message.split(':')[0]}`);
}

const docker = (option: string): string => `providers:\n  docker:\n    ${option}\n`;

describe('an option of the provider of labels that nothing reckons with', () => {
  it.each([
    ['watch: false', 'error', 'watch'],
    ['constraints: "Label(`a`, `b`)"', 'warning', 'constraints'],
    ['defaultRule: "Host(`{{ .Name }}.example.com`)"', 'warning', 'defaultRule'],
    ['USEBINDPORTIP: "T"', 'warning', 'useBindPortIP'],
  ])('is told at its line: %s', (option, severity, name) => {
    expect(said(docker(option))).toEqual([`3: ${severity} providers.docker.${name}`]);
    expect(said(docker(option), 'v3.6.1')).toHaveLength(1);
  });

  it('is told at the provider where it has no value', () => {
    expect(said(docker('exposedByDefault:'))).toEqual(['2: error providers.docker.exposedByDefault']);
  });

  it.each([
    'exposedByDefault: true',
    'watch: true',
    'constraints: ""',
    'defaultRule: "!PathPrefix(`/`)"',
    'useBindPortIP: false',
    'httpClientTimeout: 5s',
  ])('is not told where it changes nothing of that: %s', (option) => {
    expect(said(docker(option))).toEqual([]);
  });
});
