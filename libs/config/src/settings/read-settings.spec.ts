import { readSettings } from './read-settings';
import { fixture, outline } from '../testing/fixtures';
import { AUTHORITY } from '../testing/authority';

const read = (name: string) => readSettings(fixture(`settings/${name}`));

const DEFAULTS = {
  traefikDomain: null,
  traefikAdmin: [],
  trustedIps: [],
  letsEncrypt: { email: null, staging: false, ...AUTHORITY, resolvers: {} },
  entryPoints: { web: 8080, webSecure: 8443 },
  hsts: { maxAge: 63_072_000, includeSubDomains: false, preload: false },
  rateLimit: { average: 500, burst: 3000 },
  headers: {},
  internalPorts: { traefik: 26482, crowdsecLapi: 26480, crowdsecAppsec: 26481 },
  versions: {
    traefik: 'v3.7.9',
    dockerproxy: '1.13.1',
    dns: '1.14.7',
    crowdsec: 'v1.7.3',
    crowdsecPlugin: 'v1.7.1',
  },
  dns: { enabled: true, resolvers: ['1.1.1.1', '9.9.9.9'] },
  proxynet: { subnet: '172.20.0.0/16' },
  crowdsec: {
    enabled: false,
    collections: [],
    clientTrustedIps: ['127.0.0.0/8', '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '::1/128', 'fc00::/7'],
  },
  places: {},
  paths: 'source',
  isolation: 'standard',
  engine: 'compose',
  traefikOverride: null,
  middlewaresOverride: null,
};

describe('readSettings', () => {
  test('without itsup.yml everything has its default', async () => {
    const { settings, problems } = await readSettings(fixture('container'));
    expect(problems).toEqual([]);
    expect(settings).toEqual({ ...DEFAULTS, files: [] });
  });

  test('with empty files too', async () => {
    const { settings, problems } = await read('empty');
    expect(problems).toEqual([]);
    expect(settings).toEqual({ ...DEFAULTS, files: ['projects/itsup.yml', 'projects/traefik.yml'] });
  });

  test('an itsUP file works as it is, whatever its other tools keep there', async () => {
    const { settings, problems } = await read('itsup');
    expect(problems).toEqual([]);
    expect(settings).toEqual({
      ...DEFAULTS,
      traefikDomain: 'traefik.example.com',
      places: { traefikDomain: { file: 'projects/itsup.yml', line: 2, column: 16 } },
      trustedIps: ['192.168.1.1'],
      versions: { ...DEFAULTS.versions, traefik: 'v3.5.1', crowdsec: 'v1.6.8' },
      crowdsec: { ...DEFAULTS.crowdsec, enabled: true, collections: ['crowdsecurity/traefik'] },
      alertCommand: 'mail me',
      files: ['projects/itsup.yml'],
    });
  });

  test('every setting', async () => {
    const { settings, problems } = await read('all');
    expect(problems).toEqual([]);
    expect(settings).toMatchObject({
      traefikDomain: 'traefik.example.com',
      places: {
        traefikDomain: { file: 'projects/itsup.yml', line: 4, column: 11 },
        web: { file: 'projects/itsup.yml', line: 6, column: 23 },
        webSecure: { file: 'projects/itsup.yml', line: 6, column: 39 },
        traefik: { file: 'projects/itsup.yml', line: 6, column: 53 },
      },
      traefikAdmin: ['admin:$2y$05$abcdefghijklmnopqrstuu1234567890123456789012345678901'],
      trustedIps: ['192.168.1.1', 'fd00::/8', '10.0.0.0/8'],
      letsEncrypt: {
        email: 'admin@example.com',
        staging: true,
        resolvers: { dns: { dnsChallenge: { provider: 'cloudflare', resolvers: ['1.1.1.1:53'] } } },
      },
      entryPoints: { web: 80, webSecure: 443 },
      hsts: { maxAge: 31_536_000, includeSubDomains: true, preload: true },
      internalPorts: { traefik: 30001, crowdsecLapi: 26480, crowdsecAppsec: 26481 },
      versions: {
        traefik: 'v3.7.8',
        dockerproxy: '1.13.0',
        dns: '1.14.6',
        crowdsec: 'v1.7.2',
        crowdsecPlugin: 'v1.5.0',
      },
      dns: { enabled: false, resolvers: ['9.9.9.9'] },
      paths: 'upstream',
    });
  });

  test('Traefik’s own files keep their text; groups of a regex are no variables', async () => {
    const { settings, problems } = await read('all');
    expect(problems).toEqual([]);
    expect(settings.traefikOverride).toEqual({
      file: 'projects/traefik.yml',
      text: '# mine\nlog:\n  level: DEBUG\n',
      data: { log: { level: 'DEBUG' } },
    });
    expect(settings.middlewaresOverride?.data).toHaveProperty('http.middlewares.www');
    expect(settings.files).toEqual([
      'projects/itsup.yml',
      'projects/traefik.yml',
      'projects/middlewares.yml',
    ]);
  });

  test('an API that stands open is told where it is opened', async () => {
    const { problems } = await read('open-api');
    expect(problems).toMatchObject([
      { code: 'open-api', severity: 'warning', place: { file: 'projects/traefik.yml', line: 2, column: 13 } },
    ]);
  });

  test('a variable in a Traefik file is refused with its key path', async () => {
    const { problems } = await read('variables');
    expect(problems.map(({ message }) => message)).toEqual([
      'the file must be a mapping',
      '`log.level` holds `${LEVEL}`, and Traefik expands no variables',
      '`providers.file.directory` holds `${B}`, and Traefik expands no variables',
    ]);
    expect(outline(problems)).toEqual([
      'middlewares.yml:1:1 invalid-value',
      'traefik.yml:2:10 unexpanded-variable',
      'traefik.yml:3:33 unexpanded-variable',
    ]);
  });

  test('mistakes come all at once; each falls back to its default', async () => {
    const { settings, problems } = await read('bad');
    expect(problems.map(({ place, message }) => `${place?.line}: ${message}`)).toEqual([
      '1: unknown key `traefikDomian` — did you mean `traefikDomain`?',
      '2: `domain` must be a host name such as `traefik.example.com`, found `"a b"`',
      '2: `admin` must be a line of htpasswd, or a list of them',
      '3: `email` must be an e-mail address, found `"nobody"`',
      '3: `letsencrypt` must be the name of a certificate resolver other than `letsencrypt`',
      '4: unknown key `traefk` — did you mean `traefik`?',
      '4: `dns` must be a tag of the image, in quotes if it looks like a number, found `1.14`',
      '5: unknown key `colections` — did you mean `collections`?',
      '6: `resolvers` must be a list of at least one address, found an empty list',
      '7: entry 1 of `trustedIPs` must be an address or a network such as `10.0.0.0/8`, found `"router"`',
    ]);
    expect(settings).toEqual({ ...DEFAULTS, files: ['projects/itsup.yml'] });
  });

  test('what does not go with trusted proxies is told where it stands', async () => {
    const { problems } = await read('proxies');
    expect(outline(problems)).toEqual([
      'itsup.yml:3:20 invalid-value',
      'middlewares.yml:9:20 client-address',
      'traefik.yml:7:20 client-address',
    ]);
    expect(problems[0]?.message).toBe(
      '`preload` must be false without `includeSubDomains: true` and a `maxAge` of at least 31536000, found `true`',
    );
  });

  test('two entry points on one port are an error, also where one of them has its default', async () => {
    const { problems } = await read('shared-ports');
    expect(problems).toMatchObject([
      {
        code: 'entry-points-share-port',
        message: 'the entry points `web` and `traefik` both listen on port 26482',
        place: { file: 'projects/itsup.yml', line: 2, column: 23 },
      },
    ]);
  });

  test('no message repeats a password, not even in the line it shows', async () => {
    const { problems } = await read('bad');
    const admin = problems.find(({ message }) => message.startsWith('`admin`'));
    expect(admin?.place).toMatchObject({ line: 2, column: 34 });
    expect(JSON.stringify(admin)).not.toContain('secret');
  });
});
