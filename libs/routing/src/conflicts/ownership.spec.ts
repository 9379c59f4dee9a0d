import type { Place, Problem, ServiceFacts, Settings } from '@itsup/config';
import { routeWorkspace } from '../route-workspace';
import { project, service, workspace, type ProjectShape } from '../testing/build';
import { AUTHORITY } from '@itsup/config/testing/authority';

const victim = project('victim', { rows: [{ domains: ['victim.org'], port: 80 }] });

const at = (line: number): Place => ({ file: 'projects/evil/docker-compose.yml', line, column: 7 });

/** A service with labels, one a line from the third on. */
function labelled(labels: Record<string, string>, changes: Partial<ServiceFacts> = {}): ServiceFacts {
  const all = { 'traefik.enable': 'true', ...labels };
  return service('web', {
    labels: all,
    labelPlaces: Object.fromEntries(Object.keys(all).map((key, index) => [key, at(index + 2)])),
    place: at(1),
    ...changes,
  });
}

function among(shape: ProjectShape, set: Partial<Settings> = {}, others = [victim]) {
  return routeWorkspace(workspace([project('evil', shape), ...others], set));
}

/** `code at file:line, with file:line`, of errors. */
const brief = ({ problems }: { problems: Problem[] }): string[] =>
  problems
    .filter(({ severity }) => severity === 'error')
    .map(({ code, place, related = [] }) =>
      [
        code,
        ...[place, ...related.map((other) => other.place)].map((p) => `${p?.file.split('/')[1]}:${p?.line}`),
      ].join(' '),
    );

const byLabels = (labels: Record<string, string>) => among({ services: [labelled(labels)] });

describe('one project that takes the domains of others', () => {
  it('by sending their names on claims them as who serves them does', () => {
    const routing = among({ rows: [{ domains: ['evil.org'], redirectFrom: ['victim.org'] }] });
    const serving = among({ rows: [{ domains: ['victim.org'] }] });
    expect(brief(routing)).toEqual(brief(serving));
    expect(routing.disputes.map(({ takers }) => takers)).toEqual(
      serving.disputes.map(({ takers }) => takers),
    );
  });

  test.each([
    'HostRegexp(`.+`)',
    '!Host(`nobody.org`)',
    'PathPrefix(`/`)',
    'Host(`own.org`) || HostRegexp(`^v`)',
    'ClientIP(`0.0.0.0/0`)',
    'PathPrefix(`/login`)',
    'Host(`victim.org`) && (Method(`GET`) || Method(`POST`))',
  ])('by the rule %s is told at its row, and alone in the wrong', (rule) => {
    const routing = among({ rows: [{ rule, priority: 1_000_000_000 }] });
    expect(brief(routing)).toEqual([expect.stringMatching(/^\S+ evil:2 victim:2$/)]);
    expect(routing.disputes.map(({ takers }) => takers)).toEqual([['evil']]);
  });

  test.each([
    ['HostRegexp(`^own\\.`)', 1_000_000_000],
    ['Host(`own.org`) && !PathPrefix(`/x`)', 1_000_000_000],
    ['HostRegexp(`.+`)', 1],
    ['PathPrefix(`/`)', 1],
    ['Host(`own.org`) || Host(`other.org`)', null],
  ])('is not one with the rule %s and priority %s', (rule, priority) => {
    expect(brief(among({ rows: [{ rule, priority }] }))).toEqual([]);
  });

  test('whose own rows it is asked before', () => {
    const rows = [{ domains: ['own.org'] }, { rule: 'HostRegexp(`^own`)', priority: 5000, port: 1 }];
    expect(brief(among({ rows }, {}, []))).toEqual([]);
  });

  test('by a wildcard above another’s host is nothing while the host wins', () => {
    const rows = [{ domains: ['*.victim.org'], resolver: 'dns' }];
    const dns = {
      letsEncrypt: {
        email: 'a@b.org',
        staging: false,
        ...AUTHORITY,
        resolvers: { dns: { dnsChallenge: {} } },
      },
    };
    const long = project('long', { rows: [{ domains: ['longer.victim.org'] }] });
    expect(brief(among({ rows }, dns, [long]))).toEqual([]);
    // Equal lengths: chance. Told to both: the wildcard's owner did nothing wrong.
    const short = project('zoo', { rows: [{ domains: ['a.victim.org'] }] });
    const tie = among({ rows }, dns, [short]);
    expect(brief(tie)).toEqual(['unreachable-route zoo:2 evil:2']);
    expect(tie.disputes[0]?.takers).toEqual([]);
    const greedy = among({ rows: [{ ...rows[0], priority: 5000 }] }, dns, [long]);
    expect(greedy.disputes[0]?.takers).toEqual(['evil']);
  });

  test('by a label with the other’s host is told at the label', () => {
    const routing = byLabels({
      'traefik.http.routers.steal.rule': 'Host(`victim.org`)',
      'traefik.http.routers.steal.priority': '100000',
      'traefik.http.routers.steal.tls': 'true',
    });
    expect(brief(routing)).toEqual(['route-conflict victim:2 evil:3']);
    expect(routing.disputes[0]?.parties.map(({ holds }) => holds?.length)).toEqual([1, 1]);
  });

  test('by a label on plain HTTP, where the other has its redirect', () => {
    const steal = {
      'traefik.http.routers.steal.rule': 'Host(`victim.org`)',
      'traefik.http.routers.steal.entrypoints': 'web',
    };
    expect(brief(byLabels(steal))).toEqual(['route-taken evil:3 victim:2']);
    const redirect = { ...steal, 'traefik.http.routers.steal.middlewares': 'redirect@file' };
    expect(brief(byLabels(redirect))).toEqual([]);
    const own = {
      ...steal,
      'traefik.http.routers.steal.middlewares': 'to-https',
      'traefik.http.middlewares.to-https.redirectscheme.scheme': 'https',
    };
    expect(brief(byLabels(own))).toEqual([]);
    const elsewhere = { ...own, 'traefik.http.middlewares.to-https.redirectregex.replacement': 'https://x' };
    expect(brief(byLabels(elsewhere))).toEqual(['route-taken evil:3 victim:2']);
  });

  test('by the default of a variable in a label, and by its value', () => {
    const labels = {
      'traefik.http.routers.steal.rule': 'Host(`${HOST:-victim.org}`)',
      'traefik.http.routers.steal.tls': 'true',
    };
    const sources = workspace([project('evil', { services: [labelled(labels)] }), victim]);
    expect(brief(routeWorkspace(sources))).toEqual(['route-conflict victim:2 evil:3']);
    const lookups = () => () => 'own.org';
    expect(brief(routeWorkspace(sources, new Map(), { lookups }))).toEqual([]);
  });

  test('in a container that runs without Traefik is nothing', () => {
    const labels = { 'traefik.enable': 'false', 'traefik.http.routers.steal.rule': 'Host(`victim.org`)' };
    expect(brief(byLabels(labels))).toEqual([]);
  });

  test('by TCP without TLS on the port of everybody’s HTTP', () => {
    const labels = {
      'traefik.tcp.routers.all.rule': 'HostSNI(`*`)',
      'traefik.tcp.routers.all.entrypoints': 'web',
      'traefik.tcp.services.all.loadbalancer.server.port': '80',
    };
    expect(brief(byLabels(labels))).toEqual(['entry-point-taken evil:3']);
  });

  test('by a router on another project’s port', () => {
    const db = project('db', { rows: [{ router: 'tcp', hostport: 5432, port: 5432, proxyProtocol: null }] });
    const labels = {
      'traefik.tcp.routers.all.rule': 'HostSNI(`x.org`)',
      'traefik.tcp.routers.all.entrypoints': 'tcp-5432',
      'traefik.tcp.routers.all.tls': 'true',
      'traefik.tcp.services.all.loadbalancer.server.port': '80',
    };
    expect(brief(among({ services: [labelled(labels)] }, {}, [db]))).toEqual([
      'entry-point-taken evil:3 db:2',
    ]);
  });
});

describe('a label in a list whose name holds a variable', () => {
  const list = {
    'traefik.http.routers.${X}.rule': 'Host(`victim.org`)',
    'traefik.http.routers.${X}.tls': 'true',
    'traefik.http.services.${VICTIMS:-victim-web-80}.loadbalancer.server.port': '80',
  };
  const withValues = (labels: Record<string, string>, values: Record<string, string>) =>
    routeWorkspace(workspace([project('evil', { services: [labelled(labels)] }), victim]), new Map(), {
      lookups: () => (name) => values[name],
    });

  it('is read with its value, and with its default', () => {
    expect(brief(withValues(list, { X: 'steal' }))).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^route-conflict .*victim:2/),
        expect.stringMatching(/^\S*name\S* evil:\d+ victim:2$/),
      ]),
    );
  });

  it('is read when the variable holds all of it', () => {
    const text = 'traefik.http.services.victim-web-80.loadbalancer.server.port=80';
    expect(brief(withValues({ '${LABEL}': '' }, { LABEL: text }))).toEqual([
      expect.stringMatching(/^\S*name\S* evil:\d+ victim:2$/),
    ]);
  });
});

describe('names in Traefik', () => {
  test.each([
    ['traefik.http.services.victim-web-80.loadbalancer.server.port', '80'],
    ['traefik.http.routers.victim-web-80.rule', 'Host(`nothing`)'],
    ['traefik.http.routers.victim-web-80-redirect.rule', 'Host(`nothing`)'],
  ])('that another project’s rows give are taken by the label %s', (key, value) => {
    const routing = byLabels({ [key]: value });
    expect(brief(routing)).toEqual(['name-taken evil:3 victim:2']);
    expect(routing.disputes[0]?.takers).toEqual(['evil']);
  });

  test('of a project’s own rows may be changed by its labels', () => {
    const rows = [{ domains: ['own.org'], port: 80 }];
    const labels = { 'traefik.http.services.evil-web-80.loadbalancer.passhostheader': 'false' };
    expect(brief(among({ rows, services: [labelled(labels)] }))).toEqual([]);
  });

  test('that two projects wrote are told to both; one middleware written twice is none', () => {
    const clone = (name: string, labels: Record<string, string>) =>
      project(name, { services: [labelled(labels)] });
    const both = (labels: Record<string, string>, others = labels) =>
      routeWorkspace(workspace([clone('one', labels), clone('two', others)]));
    const app = both({ 'traefik.http.services.app.loadbalancer.server.port': '80' });
    expect(app.problems.map(({ code }) => code)).toEqual(['name-conflict']);
    expect(app.disputes[0]?.takers).toEqual([]);
    const redirect = { 'traefik.http.middlewares.https.redirectscheme.scheme': 'https' };
    expect(brief(both(redirect))).toEqual([]);
    expect(
      both(redirect, { ...redirect, 'traefik.http.middlewares.https.redirectscheme.port': '8443' }),
    ).toMatchObject({ problems: [{ code: 'name-conflict' }] });
  });

  test('of another project’s service lead past its middlewares', () => {
    const routing = byLabels({
      'traefik.http.routers.mine.rule': 'Host(`own.org`)',
      'traefik.http.routers.mine.service': 'victim-web-80@docker',
    });
    expect(routing.problems).toMatchObject([{ code: 'service-taken', project: 'evil', place: { line: 4 } }]);
  });
});

describe('containers and ports of the host', () => {
  const named = (name: string, containerName: string) =>
    project(name, { services: [service('web', { containerName })] });

  test('a container name is one project’s, also those that Compose gives', () => {
    expect(brief(routeWorkspace(workspace([named('one', 'app'), named('two', 'app')])))).toHaveLength(1);
    const taken = routeWorkspace(workspace([named('evil', 'victim-web-6'), victim]));
    expect(taken.problems).toMatchObject([{ code: 'container-name-taken' }]);
    expect(taken.disputes[0]?.takers).toEqual(['evil']);
    expect(routeWorkspace(workspace([named('evil', 'evil-web-6'), victim])).problems).toEqual([]);
    expect(routeWorkspace(workspace([named('evil', '${NAME:-victim-web-6}'), victim])).problems).toHaveLength(
      1,
    );
    expect(routeWorkspace(workspace([named('evil', 'proxy-traefik-7')])).disputes).toEqual([]);
    expect(routeWorkspace(workspace([named('evil', 'proxy-traefik-7')])).projects[0]?.problems).toMatchObject(
      [{ code: 'container-name-taken' }],
    );
  });

  const publishing = (name: string, ...ports: { port: number; ip?: string; protocol?: 'tcp' | 'udp' }[]) =>
    project(name, {
      services: [
        service('web', {
          publishedPorts: ports.map((port, index) => ({
            protocol: 'tcp',
            ...port,
            place: { file: `projects/${name}/docker-compose.yml`, line: 5 + index, column: 9 },
          })),
        }),
      ],
    });

  test.each([
    [{ port: 5432 }, { port: 5432 }, 1],
    [{ port: 5432, ip: '127.0.0.1' }, { port: 5432 }, 1],
    [{ port: 5432, ip: '127.0.0.1' }, { port: 5432, ip: '127.0.0.1' }, 1],
    [{ port: 5432, ip: '127.0.0.1' }, { port: 5432, ip: '10.0.0.1' }, 0],
    [{ port: 5432, protocol: 'udp' as const }, { port: 5432 }, 0],
    [{ port: 5432 }, { port: 5433 }, 0],
  ])('%j and %j: %i conflicts', (a, b, count) => {
    const { problems } = routeWorkspace(workspace([publishing('one', a), publishing('two', b)]));
    expect(problems.map(({ code }) => code)).toEqual(Array(count).fill('published-port-conflict'));
  });

  test('a port that a variable gives counts, beside a hostport and by the value of a deploy', () => {
    const place = { file: 'projects/one/docker-compose.yml', line: 5, column: 9 };
    const variable = project('one', {
      services: [service('db', { variablePorts: [{ text: '${PG:-5432}:5432', place }] })],
    });
    const row = project('two', {
      rows: [{ router: 'tcp', hostport: 5432, port: 5432, proxyProtocol: null }],
    });
    const sources = workspace([variable, row]);
    const unknown = routeWorkspace(sources);
    expect(unknown.problems).toMatchObject([{ code: 'hostport-conflict', place: { line: 2 } }]);
    // Its `.env` may say another one, which only a host knows.
    expect(unknown.problems.map(({ severity }) => severity)).toEqual(['warning']);
    const asDefault = routeWorkspace(sources, new Map(), { lookups: () => () => undefined });
    expect(brief(asDefault)).toEqual(['hostport-conflict two:2 one:5']);
    const lookups = (name: string) => (name === 'one' ? () => '15432' : undefined);
    expect(routeWorkspace(sources, new Map(), { lookups }).problems).toEqual([]);
  });
});

describe('a path below another project’s domain', () => {
  const api = { rows: [{ domains: ['victim.org'], pathPrefix: '/api' }] };
  const exporting = (...paths: [string, string[]][]) => {
    const place = { file: 'projects/victim/ingress.yml', line: 9, column: 1 };
    return [
      {
        ...victim,
        exports: { place, services: [], paths: paths.map(([name, projects]) => ({ name, projects, place })) },
      },
    ];
  };
  const found = (set: Partial<Settings> = {}, others = [victim]) =>
    among(api, set, others).problems.map(
      ({ code, severity, project: whose }) => `${severity} ${code} ${whose}`,
    );

  test('is said, and asks for consent when isolation is strict', () => {
    expect(found()).toEqual(['note path-below-domain evil']);
    expect(found({ isolation: 'strict' })).toEqual(['error path-not-exported evil']);
  });

  test('is the guest’s whom exports name', () => {
    expect(found({ isolation: 'strict' }, exporting(['/api', ['evil']]))).toEqual([]);
    expect(found({ isolation: 'strict' }, exporting(['/', ['evil']]))).toEqual([]);
    expect(found({}, exporting(['/ap', ['evil']]))).toEqual(['error path-not-exported evil']);
    expect(found({}, exporting(['/api/v1', ['evil']]))).toEqual(['error path-not-exported evil']);
    expect(found({}, exporting())).toEqual(['error path-not-exported evil']);
  });

  test('is nobody’s to allow within one project', () => {
    const rows = [{ domains: ['own.org'] }, { domains: ['own.org'], pathPrefix: '/api', port: 1 }];
    expect(among({ rows }, { isolation: 'strict' }, []).problems).toEqual([]);
  });
});

describe('holdings', () => {
  test('name everything that a project claims, in any order of rows', () => {
    const rows = [
      { domains: ['b.org'], port: 1 },
      { domains: ['a.org'], hostport: 9000 },
    ];
    const holdings = (shape: ProjectShape) => among(shape).holdings.get('evil');
    expect(holdings({ rows })).toEqual(holdings({ rows: [...rows].reverse() }));
    expect(holdings({ rows })).toEqual(
      expect.arrayContaining([
        'port 9000/tcp',
        'name http services evil-web-1',
        expect.stringContaining('b.org'),
      ]),
    );
  });
});
