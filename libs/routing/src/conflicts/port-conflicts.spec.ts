import type { IngressRow, Problem, Settings } from '@itsup/config';
import { routeProject } from '../route-project';
import { routeWorkspace } from '../route-workspace';
import { project, service, settings, workspace } from '../testing/build';

function between(a: Partial<IngressRow>, b: Partial<IngressRow>): string[] {
  return routeWorkspace(
    workspace([project('one', { rows: [a] }), project('two', { rows: [b] })]),
  ).problems.map(({ code }) => code);
}

function of(row: Partial<IngressRow>, set: Partial<Settings> = {}): Problem[] {
  return routeProject(project('one', { rows: [row] }), settings(set)).problems;
}

function publishing(
  port: number,
  protocol: 'tcp' | 'udp',
  profiles: string[] = [],
): ReturnType<typeof project> {
  const place = { file: 'projects/own/docker-compose.yml', line: 9, column: 9 };
  return project('own', {
    services: [service('web', { profiles, publishedPorts: [{ port, protocol, place }] })],
  });
}

describe('a hostport', () => {
  it('is taken once, and told at both places', () => {
    const [problem] = routeWorkspace(
      workspace([
        project('one', { rows: [{ router: 'tcp', hostport: 5432 }] }),
        project('two', { rows: [{ router: 'tcp', hostport: 5432 }] }),
      ]),
    ).problems;
    expect(problem).toMatchObject({
      code: 'hostport-conflict',
      message: 'hostport 5432/tcp is taken more than once: by one:web and two:web',
      place: { file: 'projects/two/ingress.yml' },
      related: [{ place: { file: 'projects/one/ingress.yml' } }],
    });
  });

  it.each<[string, Partial<IngressRow>, Partial<IngressRow>, string[]]>([
    [
      'two names in TLS',
      { router: 'tcp', domains: ['a.org'] },
      { router: 'tcp', domains: ['b.org'], passthrough: true },
      [],
    ],
    ['two hosts of HTTP', { domains: ['a.org'] }, { domains: ['b.org'] }, []],
    ['udp beside tcp', { router: 'udp' }, { router: 'tcp' }, []],
    [
      'a name beside everything',
      { router: 'tcp', domains: ['a.org'] },
      { router: 'tcp' },
      ['hostport-conflict'],
    ],
    ['http beside tcp', { domains: ['a.org'] }, { router: 'tcp', domains: ['b.org'] }, ['hostport-conflict']],
    ['udp twice', { router: 'udp' }, { router: 'udp' }, ['hostport-conflict']],
    ['every host of HTTP twice', {}, {}, ['route-conflict']],
  ])('shared by %s', (_, a, b, expected) => {
    expect(between({ hostport: 700, ...a }, { hostport: 700, ...b })).toEqual(expected);
  });

  it('of the proxy’s own is refused', () => {
    expect(of({ router: 'tcp', hostport: 8443 })).toMatchObject([
      { code: 'port-reserved', message: expect.stringContaining('entry point web-secure') },
    ]);
    expect(of({ hostport: 26482 })).toMatchObject([{ code: 'port-reserved' }]);
    expect(of({ router: 'udp', hostport: 8443 })).toEqual([]);
    expect(of({ hostport: 8443 }, { entryPoints: { web: 80, webSecure: 443 } })).toEqual([]);
    expect(of({ hostport: 443 }, { entryPoints: { web: 80, webSecure: 443 } })).toMatchObject([
      { code: 'port-reserved' },
    ]);
    expect(of({ hostport: 26481 })).toEqual([]);
    expect(
      of({ hostport: 26481 }, { crowdsec: { enabled: true, collections: [], clientTrustedIps: [] } }),
    ).toMatchObject([{ code: 'port-reserved' }]);
  });
});

it('port 8082 is nobody’s: projects publish it as they like', () => {
  expect(routeProject(publishing(8082, 'tcp'), settings()).problems).toEqual([]);
  expect(of({ router: 'tcp', hostport: 8082, proxyProtocol: null })).toEqual([]);
});

describe('a port that itsup.yml gives to an entry point', () => {
  const web = { file: 'projects/itsup.yml', line: 3, column: 10 };
  const set = { entryPoints: { web: 80, webSecure: 8443 }, places: { web } };

  it('is named at both places, of a row and of a published port', () => {
    const related = [{ message: 'entry point web takes it here', place: web }];
    expect(of({ router: 'tcp', hostport: 80 }, set)).toMatchObject([
      { code: 'port-reserved', place: { file: 'projects/one/ingress.yml' }, related },
    ]);
    expect(routeProject(publishing(80, 'tcp'), settings(set)).problems).toMatchObject([
      { code: 'port-reserved', place: { file: 'projects/own/docker-compose.yml' }, related },
    ]);
  });

  it('has one place alone when it is the default', () => {
    expect(of({ hostport: 8443 }, set)[0]?.related).toBeUndefined();
  });
});

describe('a port that a Compose service publishes', () => {
  const edge = project('edge', { rows: [{ router: 'tcp', hostport: 5432 }] });

  it('is no hostport of any project', () => {
    expect(routeWorkspace(workspace([edge, publishing(5432, 'tcp')])).problems).toMatchObject([
      {
        code: 'hostport-conflict',
        place: { file: 'projects/edge/ingress.yml' },
        related: [
          {
            message: 'own:web publishes it here',
            place: { file: 'projects/own/docker-compose.yml', line: 9 },
          },
        ],
      },
    ]);
    expect(routeWorkspace(workspace([edge, publishing(5432, 'udp')])).problems).toEqual([]);
    expect(routeWorkspace(workspace([edge, publishing(5432, 'tcp', ['debug'])])).problems).toEqual([]);
  });

  it('is none of the proxy’s', () => {
    expect(routeProject(publishing(8080, 'tcp'), settings()).problems).toMatchObject([
      {
        code: 'port-reserved',
        message: 'published port 8080/tcp of own:web is taken by the proxy: entry point web',
      },
    ]);
  });
});
