import { parse } from 'yaml';
import type { Problem, YamlFile } from '@itsup/config';
import { AUTHORITY } from '@itsup/config/testing/authority';
import { knownObjects } from '@itsup/routing';
import { traefikFileProblems } from './check-traefik-files';
import { renderProxy } from './render-proxy';
import { shippedTemplates, workspace, workspaceRouting } from '../testing/build';

/** What is said of certificates with this `projects/traefik.yml`, as `line: severity code`. */
function problems(text: string, email: string | null = 'ops@acme.org'): string[] {
  const traefikOverride: YamlFile = {
    file: 'projects/traefik.yml',
    text,
    data: parse(text) as Record<string, unknown>,
  };
  const own = workspace({
    traefikOverride,
    letsEncrypt: { email, staging: false, ...AUTHORITY, resolvers: {} },
  });
  const files = renderProxy(own, workspaceRouting(), shippedTemplates());
  return traefikFileProblems(files, own.settings, knownObjects(own, workspaceRouting()))
    .filter(({ code }) => code === 'acme-storage' || code === 'refusals-hidden')
    .map(({ place, severity, code }: Problem) => `${place?.file}:${place?.line}: ${severity} ${code}`);
}

describe('where resolvers keep their certificates', () => {
  it.each([
    ['the one store', 'certificatesResolvers:\n  own:\n    acme: {storage: /acme/acme.json}\n', []],
    [
      'another file beside it',
      'certificatesResolvers:\n  own:\n    acme:\n      storage: /acme/alpn.json\n',
      ['projects/traefik.yml:4: error acme-storage'],
    ],
    [
      'none that is named: Traefik’s default is in a folder that it may not write to',
      'certificatesResolvers:\n  own:\n    acme: {tlsChallenge: {}}\n',
      ['projects/traefik.yml:3: error acme-storage'],
    ],
    [
      'one whose keys are written in another case',
      'certificatesResolvers:\n  own:\n    ACME:\n      Storage: /letsencrypt/acme.json\n',
      ['projects/traefik.yml:4: error acme-storage'],
    ],
  ])('%s', (_, text, found) => {
    expect(problems(text)).toEqual(found);
  });
});

describe('a log in which nobody finds a refusal', () => {
  it.each([
    ['log:\n  filePath: /var/log/traefik/traefik.log\n', ['projects/traefik.yml:2: warning refusals-hidden']],
    ['log: {level: FATAL}\n', ['projects/traefik.yml:1: warning refusals-hidden']],
    ['log:\n  level: panic\n', ['projects/traefik.yml:2: warning refusals-hidden']],
    ['log: {level: ERROR}\n', []],
  ])('%j', (text, found) => {
    expect(problems(text)).toEqual(found);
  });

  it('is nobody’s business without a resolver', () => {
    expect(problems('log: {level: FATAL}\n', null)).toEqual([]);
  });
});
