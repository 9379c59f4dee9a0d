import { checkedVersion } from '@itsup/traefik';
import { routeWorkspace } from '../route-workspace';
import { project, service, settings, workspace } from '../testing/build';

const victim = project('victim', { rows: [{ domains: ['victim.org'] }] });
const versions = [`v${checkedVersion}`, ''];

/** Codes of the errors of a workspace where a service of another project has these labels. */
function errorsOf(
  labels: Record<string, string>,
  version: string,
  env: Record<string, string> = {},
): string[] {
  const evil = project('evil', { services: [service('web', { labels })] });
  const set = { versions: { ...settings().versions, traefik: version } };
  const { projects, problems } = routeWorkspace(workspace([evil, victim], set), new Map(), {
    lookups: () => (name) => env[name],
  });
  return [...problems, ...(projects[0]?.problems ?? [])]
    .filter(({ severity }) => severity === 'error')
    .map(({ code }) => code);
}

function router(rule: string, more: Record<string, string> = {}): Record<string, string> {
  return {
    'traefik.enable': 'true',
    'traefik.http.routers.steal.rule': rule,
    'traefik.http.routers.steal.tls': 'true',
    'traefik.http.routers.steal.priority': '100000',
    ...more,
  };
}

// All of them were asked of Traefik itself, which takes them.
describe.each(versions)('labels that hide what they claim, with Traefik %p', (version) => {
  const errors = (labels: Record<string, string>, env?: Record<string, string>): string[] =>
    errorsOf(labels, version, env);

  test.each(['1', 't', 'T', 'TRUE', 'True'])('are read where traefik.enable is %s', (enable) => {
    expect(errors(router('Host(`victim.org`)', { 'traefik.enable': enable }))).toEqual(['route-conflict']);
  });

  test.each(['0', 'false', 'F'])('are not read where it is %s', (enable) => {
    expect(errors(router('Host(`victim.org`)', { 'traefik.enable': enable }))).toEqual([]);
  });

  it('are read without it where the operator’s traefik.yml exposes everything', () => {
    const { 'traefik.enable': _, ...labels } = router('Host(`victim.org`)');
    const evil = project('evil', { services: [service('web', { labels })] });
    const codes = (data: Record<string, unknown>): string[] =>
      routeWorkspace(
        workspace([evil, victim], { traefikOverride: { file: 'projects/traefik.yml', text: '', data } }),
      ).problems.map(({ code }) => code);
    expect(codes({ Providers: { docker: { exposedByDefault: 'true' } } })).toEqual(['route-conflict']);
    expect(codes({ providers: { docker: { exposedByDefault: false } } })).toEqual([]);
  });

  it('are read where it is true under the name that Traefik takes of two', () => {
    const labels = { 'traefik.Enable': 'false', ...router('Host(`victim.org`)') };
    expect(errors(labels)).toEqual(['route-conflict']);
    expect(errors({ ...labels, 'traefik.Enable': 'true', 'traefik.enable': 'false' })).toEqual([]);
  });

  test.each([
    'Host(`victim.org`) // mine',
    'Host(`victim.org`) /* mine */ && PathPrefix(`/`)',
    'Host("victim.or\\147")',
    'Host("victim.or\\x67")',
    'Host(`victim.org`,)',
    'Host(`victim.org`...)',
  ])('are refused with a rule that cannot be compared: %s', (rule) => {
    expect(errors(router(rule))).toEqual(['rule-not-compared']);
  });

  it('are refused with a rule of thousands of hosts, and compared with one of hundreds', () => {
    const hosts = (count: number): string =>
      ['victim', ...Array.from({ length: count }, (_, index) => `h${index}`)]
        .map((name) => `Host(\`${name}.org\`)`)
        .join(' || ');
    expect(errors(router(hosts(5000)))).toEqual(['rule-not-compared']);
    expect(errors(router(hosts(900)))).toEqual(['route-conflict']);
  });

  it('are refused with expressions and names that nobody writes', () => {
    expect(errors(router(`HostRegexp(\`${'a?'.repeat(6000)}\`)`))).toEqual(['rule-not-compared']);
    expect(errors(router('HostRegexp(`((ab){30}c){30}[.]org`)'))).toEqual([]);
    expect(errors(router('HostRegexp(`(?:(?:(?:ab?cd?ef?gh?ij?){10}k?){10}[(]){9}`)'))).toEqual([
      'rule-not-compared',
    ]);
    const deep = `traefik.http.middlewares.own.plugin.${'a.'.repeat(20_000)}x`;
    expect(errors({ 'traefik.enable': 'true', [deep]: '1' })).toEqual(
      version === '' ? [] : ['label-invalid-label'],
    );
  });

  it('may list thousands of words that headers are searched for', () => {
    const words = (count: number): string =>
      Array.from({ length: count }, (_, index) => `(?:bot-${index}|crawler)`).join('|');
    const rule = (text: string): string => `Host(\`own.org\`) && HeaderRegexp(\`User-Agent\`, \`${text}\`)`;
    const found = (text: string): string[] => {
      const evil = project('evil', { services: [service('web', { labels: router(rule(text)) })] });
      const set = { versions: { ...settings().versions, traefik: version } };
      const { projects } = routeWorkspace(workspace([evil], set));
      return (projects[0]?.problems ?? []).map(({ code, severity }) => `${severity} ${code}`);
    };
    expect(found(words(1000))).toEqual([]);
    expect(found(words(10_000))).toEqual(['note expression-not-checked']);
    expect(errors(router(rule('bot[')))).not.toEqual([]);
  });

  it('are compared where a rule holds what only looks like a variable', () => {
    expect(errors(router('Host(`victim.org`) || Header(`X`, `$${A}`)'))).toContain('route-conflict');
    expect(errors(router('Host(`own.org`) || Host(`${NAME}.org`)'))).toEqual([]);
    expect(errors(router('Host(`own.org`) || Host(`${NAME}.org`)'), { NAME: 'victim' })).toEqual([
      'route-conflict',
    ]);
  });

  it('are compared where a host has more than one dot at its end', () => {
    expect(errors(router('Host(`victim.org..`)'))).toEqual(['route-conflict']);
  });

  it('lead nowhere that is reserved, whatever their URL holds besides', () => {
    const url = 'traefik.http.services.own.loadbalancer.server.url';
    expect(errors({ 'traefik.enable': 'true', [url]: 'http://127.0.0.1:2375/$${A}' })).toEqual([
      'reserved-target',
    ]);
  });

  test.each([
    ['basicauth.usersfile', '/proc/self/environ'],
    ['digestAuth.usersFile', '/dev/zero'],
    ['forwardauth.tls.ca', '/dev/zero'],
    ['forwardauth.tls.key', '/acme/acme.json'],
    ['ratelimit.redis.tls.cert', 'users'],
  ])('name no file that Traefik reads: %s', (field, file) => {
    const labels = { 'traefik.enable': 'true', [`traefik.http.middlewares.own.${field}`]: file };
    expect(errors(labels)).toEqual(['file-of-traefik']);
  });

  it('may hold a certificate themselves', () => {
    const labels = {
      'traefik.enable': 'true',
      'traefik.http.middlewares.own.forwardauth.address': 'https://login.own.org',
      'traefik.http.middlewares.own.forwardauth.tls.ca':
        '-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----',
    };
    expect(errors(labels)).toEqual([]);
  });

  it('set no certificate for all names', () => {
    const labels = {
      'traefik.enable': 'true',
      'traefik.TLS.stores.default.defaultgeneratedcert.resolver': 'letsencrypt',
    };
    expect(errors(labels)).toEqual(['certificate-of-all']);
  });
});

describe('rows', () => {
  const names = (count: number): string[] => Array.from({ length: count }, (_, index) => `h${index}.org`);
  const codes = (count: number): string[] => {
    const many = project('many', { rows: [{ domains: names(count) }] });
    const evil = project('evil', { rows: [{ domains: ['h700.org'] }] });
    const { projects, problems } = routeWorkspace(workspace([evil, many]));
    return [...problems, ...projects.flatMap((each) => each.problems)].map(({ code }) => code);
  };

  it('keep each of hundreds of names, and have no more than can be compared', () => {
    expect(codes(900)).toEqual(['route-conflict']);
    expect(new Set(codes(2000))).toEqual(new Set(['rule-not-compared']));
  });
});
