import fc from 'fast-check';
import { canonicalHost, isLocal, targetFlaw, targetIn } from './reserved-targets';
import { externalProject, project, service, settings } from '../testing/build';
import { routeProject } from '../route-project';

describe('a target that no route may lead to', () => {
  test.each([
    ['127.0.0.1', 2375],
    ['127.1', 2375],
    ['127.9.9.9', 2375],
    ['0.0.0.0', 26482],
    ['0', 26482],
    ['2130706433', 26482],
    ['0x7f000001', 26482],
    ['0177.0.0.1', 26482],
    ['localhost', 26482],
    ['LOCALHOST.', 26482],
    ['api.localhost', 26482],
    ['host.docker.internal', 26482],
    ['172.20.0.1', 26482],
    ['172.17.0.1', 2376],
    ['::1', 26482],
    ['[::1]', 26482],
    ['::', 26482],
    ['::ffff:127.0.0.1', 26482],
    ['::ffff:7f00:1', 26482],
    ['64:ff9b::7f00:1', 26482],
    ['0:0:0:0:0:0:0:1', 26482],
    ['127.0.0.1', 8443],
    ['10.1.2.3', 26482],
    ['169.254.169.254', 80],
    ['fd00:ec2::254', 80],
    ['fe80::1', 80],
    ['metadata.google.internal', 80],
    ['172.20.5.9', 80],
    ['::ffff:172.20.5.9', 80],
  ])('%s port %i', (host, port) => {
    expect(targetFlaw({ host, port }, { settings: settings(), addresses: ['10.1.2.3'] })).not.toBeNull();
  });

  test.each([
    ['127.0.0.1', 3000],
    ['localhost', 80],
    ['192.168.1.10', 26482],
    ['192.168.1.10', 2375],
    ['172.21.0.5', 80],
    ['nas.lan', 8443],
    ['fd00::5', 80],
  ])('%s port %i is fine', (host, port) => {
    expect(targetFlaw({ host, port }, { settings: settings(), addresses: ['10.1.2.3'] })).toBeNull();
  });

  test('CrowdSec’s ports are its own only while it runs', () => {
    const crowdsec = { enabled: true, collections: [], clientTrustedIps: [] };
    expect(targetFlaw({ host: '127.0.0.1', port: 26481 }, { settings: settings() })).toBeNull();
    expect(targetFlaw({ host: '127.0.0.1', port: 26481 }, { settings: settings({ crowdsec }) })).toMatch(
      'CrowdSec',
    );
  });

  test('every spelling of a loopback address is local, and no other address is', () => {
    const byte = fc.nat(255);
    fc.assert(
      fc.property(byte, byte, byte, byte, (a, b, c, d) => {
        const number = ((a * 256 + b) * 256 + c) * 256 + d;
        const spellings = [
          `${a}.${b}.${c}.${d}`,
          String(number),
          `0x${number.toString(16)}`,
          `0${a.toString(8)}.${b}.${c}.${d}`,
          `::ffff:${a}.${b}.${c}.${d}`,
          `[::ffff:${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}]`,
        ];
        const local = a === 127 || a === 0 || `${a}.${b}.${c}.${d}` === '172.17.0.1';
        for (const spelling of spellings) {
          if (a === 172 && b === 20) continue;
          expect([spelling, isLocal(spelling)]).toEqual([spelling, local]);
          expect(canonicalHost(spelling)).toBe(`${a}.${b}.${c}.${d}`);
        }
      }),
    );
  });

  test('is found in any text, without an exception', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const target = targetIn(text);
        if (target) targetFlaw(target, { settings: settings() });
        canonicalHost(text);
      }),
    );
    expect(targetIn('h2c://127.0.0.1:26482/x')).toEqual({ host: '127.0.0.1', port: 26482 });
    expect(targetIn('http://user@127.0.0.1:26482')).toEqual({ host: '127.0.0.1', port: 26482 });
    expect(targetIn('127.0.0.1:2375')).toEqual({ host: '127.0.0.1', port: 2375 });
    expect(targetIn('https://a')).toEqual({ host: 'a', port: 443 });
  });
});

describe('what a project may not publish', () => {
  const label = (key: string, value: string) =>
    routeProject(
      project('evil', {
        services: [service('web', { labels: { 'traefik.enable': 'true', [key]: value } })],
      }),
      settings(),
    ).problems;

  test('a row to the engine’s API on this host is told at its port', () => {
    const found = routeProject(
      externalProject('evil', '127.0.0.1', [
        { domains: ['x.example.com'], port: 2375 },
        { router: 'tcp', hostport: 7777, port: 2375 },
        { domains: ['ok.example.com'], port: 3000 },
      ]),
      settings(),
    ).problems;
    expect(found.map(({ code, place }) => `${code} ${place?.line}`)).toEqual([
      'reserved-target 2',
      'reserved-target 3',
    ]);
  });

  test.each([
    ['traefik.http.routers.api.service', 'api@internal', 'internal-reference'],
    ['traefik.http.middlewares.e.errors.service', 'rest@internal', 'internal-reference'],
    ['traefik.HTTP.Routers.api.Service', ' API@Internal', 'internal-reference'],
    ['traefik.http.services.s.loadbalancer.server.url', 'http://[::ffff:127.0.0.1]:26482', 'reserved-target'],
    ['traefik.http.services.s.loadbalancer.servers[0].url', 'http://127.1:2375', 'reserved-target'],
    ['traefik.tcp.services.s.loadbalancer.servers[0].address', '127.0.0.1:2375', 'reserved-target'],
    ['traefik.http.middlewares.f.forwardauth.address', 'http://169.254.169.254/', 'reserved-target'],
  ])('the label %s: %s', (key, value, code) => {
    expect(label(key, value)).toMatchObject([{ code, severity: 'error', project: 'evil' }]);
  });

  test.each([
    ['traefik.http.routers.r.service', 'noop@internal'],
    ['traefik.http.services.s.loadbalancer.server.url', 'http://10.0.0.9:26482'],
    ['traefik.http.services.s.loadbalancer.server.port', '26482'],
    ['traefik.http.middlewares.f.forwardauth.address', 'http://authelia:9091/api'],
    ['com.example.address', '127.0.0.1:2375'],
  ])('the label %s: %s is fine', (key, value) => expect(label(key, value)).toEqual([]));

  test('a row that names a middleware of Traefik’s own', () => {
    const rows = [{ domains: ['a.org'], middleware: ['dashboard_redirect@internal'] }];
    const { problems } = routeProject(project('evil', { rows }), settings());
    expect(problems.map(({ code }) => code)).toContain('internal-reference');
  });
});
