import type { Workspace } from '@itsup/config';
import { parse } from 'yaml';
import { routeWorkspace } from '../route-workspace';
import { externalProject, project, service, workspace } from '../testing/build';
import { explain } from './explain';
import type { ConnectionAnswer, Explanation } from './model';
import { parseQuestion } from './question';

function ask(text: string, from: Workspace): Explanation {
  const parsed = parseQuestion(text);
  if ('problem' in parsed) throw new Error(parsed.problem.message);
  return explain(parsed.question, from, routeWorkspace(from));
}

function sole({ answers }: Explanation): ConnectionAnswer {
  const [answer, ...rest] = answers;
  if (!answer || rest.length > 0) throw new Error(`expected one answer, got ${answers.length}`);
  return answer;
}

/** `outcome router`, for every connection. */
const brief = ({ answers }: Explanation): string[] =>
  answers.map(
    ({ connection, outcome, router }) =>
      `${connection.entryPoint.name}${connection.tls ? ' tls' : ''}: ${[outcome, router?.name ?? ''].join(' ').trim()}`,
  );
const reasons = (answer: ConnectionAnswer): Record<string, string> =>
  Object.fromEntries(answer.losses.map(({ router, reason }) => [router.name, reason]));
const hints = ({ hints: found }: Explanation): string[] => found.map(({ code }) => code);

const shop = project('shop', {
  rows: [
    { domains: ['shop.acme.org'] },
    {
      domains: ['shop.acme.org'],
      pathPrefix: '/api',
      service: 'api',
      port: 3000,
      middleware: ['rate-limit'],
    },
  ],
});

describe('explain, HTTP', () => {
  it('names what a request passes at the service itself, behind what it passes at the router', () => {
    const labels = {
      'traefik.enable': 'true',
      'traefik.http.routers.q.rule': 'Host(`q.acme.org`)',
      'traefik.http.routers.q.tls': 'true',
      'traefik.http.routers.q.middlewares': 'first',
      'traefik.http.services.q.middlewares': 'login, lan@file',
      'traefik.http.services.q.loadbalancer.server.port': '80',
    };
    const own = project('own', { services: [service('web', { labels })] });
    const text =
      'http: {routers: {r: {rule: Host(`r.acme.org`), service: s, tls: {}}}, services: {s: {middlewares: [lan]}}}';
    const data = parse(text) as Record<string, unknown>;
    const file = { file: 'projects/middlewares.yml', text, data };
    const passed = (url: string): unknown =>
      sole(ask(url, workspace([own], { middlewaresOverride: file }))).router?.middlewares;
    expect(passed('https://q.acme.org')).toEqual(['first@docker', 'login@docker', 'lan@file']);
    expect(passed('https://r.acme.org')).toEqual(['lan@file']);
  });

  it('gives a URL to the longest rule that matches, and says what else matches', () => {
    const answer = sole(ask('https://shop.acme.org/api/users', workspace([shop])));
    expect(answer).toMatchObject({
      outcome: 'served',
      connection: { entryPoint: { name: 'web-secure', port: 8443 }, port: 443, tls: true },
      entryPointMiddlewares: ['default-headers@file', 'rate-limit@file'],
      router: {
        name: 'shop-api-3000@docker',
        rule: 'Host(`shop.acme.org`) && PathPrefix(`/api`)',
        priorityIsWritten: false,
        middlewares: ['shop-api-3000-paths@docker', 'rate-limit@file'],
        service: 'shop-api-3000@docker',
        certResolver: 'letsencrypt',
        target: { project: 'shop', service: 'api', port: 3000 },
        place: { file: 'projects/shop/ingress.yml', line: 3 },
      },
    });
    expect(reasons(answer)).toEqual({ 'shop-web-8080@docker': 'priority' });
  });

  it('says which router has the host but not the path', () => {
    const answer = sole(ask('https://shop.acme.org/', workspace([shop])));
    expect(answer.router?.name).toBe('shop-web-8080@docker');
    expect(reasons(answer)).toEqual({ 'shop-api-3000@docker': 'path' });
  });

  it('shows what projects/traefik.yml puts before an entry point, also before challenges', () => {
    const middlewares = ['deny@file'];
    const data = { entryPoints: { web: { http: { middlewares } } } };
    const whole = workspace([shop]);
    const traefikOverride = { file: 'projects/traefik.yml', text: '', data };
    const answer = sole(
      ask('http://shop.acme.org/.well-known/acme-challenge/x', {
        ...whole,
        settings: { ...whole.settings, traefikOverride },
      }),
    );
    expect(answer.entryPointMiddlewares).toEqual(middlewares);
  });

  it('answers a domain for plain HTTP, which is redirected, and HTTPS', () => {
    expect(brief(ask('shop.acme.org', workspace([shop])))).toEqual([
      'web: redirected shop-web-8080-redirect@docker',
      'web-secure tls: served shop-web-8080@docker',
    ]);
  });

  it('follows a written priority', () => {
    const greedy = project('greedy', { rows: [{ rule: 'PathPrefix(`/api`)', priority: 900 }] });
    const answer = sole(ask('https://shop.acme.org/api', workspace([shop, greedy])));
    expect(answer.router).toMatchObject({ name: 'greedy-web-8080@docker', priorityIsWritten: true });
  });

  it('names what a request may bring that the question does not say', () => {
    const beta = project('beta', { rows: [{ rule: 'Host(`shop.acme.org`) && Header(`X-Beta`, `1`)' }] });
    const answer = sole(ask('https://shop.acme.org', workspace([shop, beta])));
    expect(answer.router?.name).toBe('shop-web-8080@docker');
    expect(answer.conditional).toMatchObject([
      { router: { name: 'beta-web-8080@docker' }, dependsOn: ['Header(`X-Beta`, `1`)'] },
    ]);
  });

  it('leaves challenges to Traefik, unless a project answers them', () => {
    const url = 'http://shop.acme.org/.well-known/acme-challenge/token';
    expect(sole(ask(url, workspace([shop]))).router?.name).toBe('acme-http@internal');
    const own = project('own', {
      rows: [{ domains: ['shop.acme.org'], pathPrefix: '/.well-known/acme-challenge' }],
    });
    expect(sole(ask(url, workspace([shop, own]))).router?.name).toBe('own-web-8080@docker');
  });

  it('knows the dashboard', () => {
    const settings = { traefikDomain: 'traefik.acme.org', traefikAdmin: ['a:b'] };
    expect(sole(ask('https://traefik.acme.org', workspace([], settings))).router).toMatchObject({
      name: 'traefik-dashboard@file',
      service: 'api@internal',
      target: { project: null },
    });
  });

  it('knows an external host', () => {
    const printer = externalProject('printer', '192.168.1.9', [{ domains: ['printer.acme.org'], port: 631 }]);
    expect(sole(ask('https://printer.acme.org', workspace([printer]))).router).toMatchObject({
      name: 'printer-host-631@file',
      target: { project: 'printer', service: null, host: '192.168.1.9', port: 631 },
    });
  });

  it("follows the operator's own labels, which win", () => {
    const labelled = project('blog', {
      rows: [{ domains: ['blog.acme.org'] }],
      services: [
        service('web', {
          labels: { 'traefik.http.routers.blog-web-8080.rule': 'Host(`other.acme.org`)' },
        }),
      ],
    });
    expect(brief(ask('https://blog.acme.org', workspace([labelled])))).toEqual(['web-secure tls: unserved']);
    expect(brief(ask('https://other.acme.org', workspace([labelled])))).toEqual([
      'web-secure tls: served blog-web-8080@docker',
    ]);
  });

  it('knows routers that only labels define, and variables that only a deploy knows', () => {
    const labels = (rule: string) => ({
      'traefik.enable': 'true',
      'traefik.http.routers.own.rule': rule,
      'traefik.http.routers.own.tls': 'true',
      'traefik.http.services.own.loadbalancer.server.port': '80',
    });
    const by = (rule: string) =>
      sole(
        ask(
          'https://own.acme.org',
          workspace([project('own', { services: [service('web', { labels: labels(rule) })] })]),
        ),
      );
    expect(by('Host(`own.acme.org`)')).toMatchObject({
      outcome: 'served',
      router: { name: 'own@docker', service: 'own@docker', target: { project: 'own', service: 'web' } },
    });
    expect(by('Host(`${DOMAIN}`)')).toMatchObject({ outcome: 'unserved', router: null });
  });
});

describe('explain, by what a deploy knows', () => {
  const own = project('own', {
    services: [
      service('web', {
        labels: {
          'traefik.enable': 'true',
          'traefik.http.routers.own.rule': 'Host(`app.${DOMAIN}`)',
          'traefik.http.routers.own.tls': 'true',
          'traefik.http.services.own.loadbalancer.server.port': '80',
        },
      }),
    ],
  });
  const asked = (host: string, domain?: string) => {
    const parsed = parseQuestion(`https://${host}`);
    if ('problem' in parsed) throw new Error(parsed.problem.message);
    const whole = workspace([own]);
    const lookups =
      domain === undefined ? {} : { lookups: () => (name: string) => ({ DOMAIN: domain })[name] };
    return explain(parsed.question, whole, routeWorkspace(whole), lookups);
  };

  it('puts the value of a variable in, and leaves a rule out that has none, which it says', () => {
    const known = asked('app.acme.org', 'acme.org');
    expect(known.answers).toMatchObject([{ outcome: 'served', router: { name: 'own@docker' } }]);
    expect(known.hints).toEqual([]);
    expect(asked('other.acme.org', 'acme.org').answers).toMatchObject([{ outcome: 'unserved' }]);
    const unknown = asked('other.acme.org');
    expect(unknown.answers).toMatchObject([{ outcome: 'unserved', conditional: [] }]);
    expect(unknown.hints.map(({ code }) => code)).toContain('rule-with-variable');
  });

  it('names no resolver where nobody can ask for a certificate', () => {
    const blog = project('blog', { rows: [{ domains: ['blog.acme.org'], port: 80 }] });
    const resolver = (email: string | null) => {
      const whole = workspace([blog]);
      const { letsEncrypt } = whole.settings;
      const settings = { ...whole.settings, letsEncrypt: { ...letsEncrypt, email } };
      return sole(ask('https://blog.acme.org', { ...whole, settings })).router?.certResolver;
    };
    expect(resolver(null)).toBeNull();
    expect(resolver('me@acme.org')).toBe('letsencrypt');
  });

  it('takes two routers that redirect to HTTPS for the same', () => {
    const redirect = (name: string, path: string) =>
      project(name, { rows: [{ domains: ['blog.acme.org'], port: 80, pathPrefix: path }] });
    const whole = workspace([redirect('one', '/a'), redirect('two', '/a/b')]);
    const [answer] = ask('http://blog.acme.org/a/b', whole).answers;
    expect(answer).toMatchObject({ outcome: 'redirected' });
    expect(answer?.losses.map(({ reason }) => reason)).toEqual(['same']);
  });
});

describe('explain, what is claimed twice', () => {
  const victim = project('victim', { rows: [{ domains: ['victim.acme.org'], port: 80 }] });
  const by = (labels: Record<string, string>) =>
    ask(
      'https://victim.acme.org',
      workspace([
        victim,
        project('evil', { services: [service('web', { labels: { 'traefik.enable': 'true', ...labels } })] }),
      ]),
    );

  it.each([
    [{ 'traefik.http.services.victim-web-80.loadbalancer.server.port': '80' }, 'name-taken'],
    [
      {
        'traefik.http.routers.steal.rule': 'Host(`victim.acme.org`)',
        'traefik.http.routers.steal.tls': 'true',
      },
      'route-conflict',
    ],
  ])('says so instead of who serves it: %j', (labels, code) => {
    const answer = sole(by(labels));
    expect(answer.disputes.map((problem) => problem.code)).toEqual([code]);
    expect(hints(by(labels))).toContain(code);
  });

  it('says nothing of others', () => {
    expect(sole(ask('https://victim.acme.org', workspace([victim]))).disputes).toEqual([]);
    const both = [shop, project('two', { rows: [{ domains: ['shop.acme.org'], port: 1 }] }), victim];
    expect(sole(ask('https://victim.acme.org', workspace(both))).disputes).toEqual([]);
  });
});

describe('explain, ports and TLS', () => {
  const sources = workspace([
    project('db', { rows: [{ service: 'pg', router: 'tcp', hostport: 5432, port: 5432 }] }),
    project('dns', { rows: [{ service: 'srv', router: 'udp', protocol: 'udp', hostport: 53, port: 53 }] }),
    project('mqtt', { rows: [{ service: 'm', router: 'tcp', domains: ['mqtt.acme.org'], port: 1883 }] }),
    project('vault', {
      rows: [{ service: 'v', domains: ['vault.acme.org'], passthrough: true, port: 8200 }],
    }),
    project('admin', { rows: [{ service: 'a', hostport: 9000 }] }),
    shop,
  ]);

  it.each([
    ['5432', ['tcp-5432: served db-pg-5432@file']],
    ['anything.acme.org:5432', ['tcp-5432: served db-pg-5432@file']],
    ['udp://:53', ['udp-53: served dns-srv-53@file']],
    ['53/udp', ['udp-53: served dns-srv-53@file']],
    ['http://acme.org:9000/x', ['http-9000: served admin-a-8080@file']],
    ['tls://mqtt.acme.org', ['web-secure tls: served mqtt-m-1883@file']],
    ['https://vault.acme.org', ['web-secure tls: served vault-v-8200@file']],
    ['https://shop.acme.org:8443', ['web-secure tls: served shop-web-8080@docker']],
    ['http://shop.acme.org:8443', ['web-secure: unserved']],
    ['shop.acme.org:7777', []],
  ])('%s', (question, expected) => expect(brief(ask(question, sources))).toEqual(expected));

  it('takes a port without a host as a question about every host', () => {
    expect(ask('8443', sources).answers[0]).toMatchObject({ outcome: 'depends', router: null });
  });

  it('knows that HTTPS of a name comes before TCP of it, whatever the priorities', () => {
    const tcp = project('tcp', {
      rows: [{ router: 'tcp', domains: ['shop.acme.org'], passthrough: true, priority: 999 }],
    });
    const answer = sole(ask('https://shop.acme.org', workspace([shop, tcp])));
    expect(answer.router?.name).toBe('shop-web-8080@docker');
    expect(reasons(answer)).toMatchObject({ 'tcp-web-8080@file': 'tls-precedence' });
  });

  it('gives a name that no HTTPS route has to TCP, also behind an HTTPS route for every name', () => {
    const every = project('every', { rows: [{ rule: 'PathPrefix(`/`)', priority: 1 }] });
    const mqtt = project('mqtt', { rows: [{ router: 'tcp', domains: ['mqtt.acme.org'] }] });
    const both = workspace([every, mqtt]);
    expect(brief(ask('tls://mqtt.acme.org', both))).toEqual(['web-secure tls: served mqtt-web-8080@file']);
    expect(brief(ask('https://x.acme.org', both))).toEqual(['web-secure tls: served every-web-8080@docker']);
  });

  it('says that a port speaks TLS alone', () => {
    expect(reasons(sole(ask('http://shop.acme.org:8443', sources)))).toMatchObject({
      'shop-web-8080@docker': 'tls-only',
    });
  });
});

describe('explain, near misses', () => {
  it.each([
    ['https://shpo.acme.org', 'unknown-host', 'did you mean shop.acme.org?'],
    ['https://shop.acme.org:7777', 'no-entry-point', '8443 (web-secure)'],
    ['26482', 'internal-port', 'nobody'],
  ])('%s: %s', (question, code, help) => {
    const [hint] = ask(question, workspace([shop])).hints;
    expect(hint).toMatchObject({ code, help: expect.stringContaining(help) as unknown });
  });

  it('takes a port for every name for no reason to believe that a name is known', () => {
    const echo = project('echo', { rows: [{ router: 'tcp', hostport: 7000 }] });
    expect(hints(ask('https://shpo.acme.org', workspace([shop, echo])))).toEqual(['unknown-host']);
  });

  it('knows why there is no dashboard', () => {
    const off = workspace([], { traefikDomain: 'traefik.acme.org' });
    expect(hints(ask('https://traefik.acme.org', off))).toEqual(['dashboard-off']);
  });

  it('knows the paths of a host that has others', () => {
    const api = project('api', { rows: [{ domains: ['api.acme.org'], pathPrefix: '/v1' }] });
    const found = ask('https://api.acme.org/v2', workspace([api]));
    expect(sole(found)).toMatchObject({ outcome: 'unserved', losses: [{ reason: 'path' }] });
    expect(found.hints).toMatchObject([
      { code: 'unknown-path', help: 'its rules: Host(`api.acme.org`) && PathPrefix(`/v1`)' },
    ]);
  });

  it('knows that a wildcard stands for one label', () => {
    const wild = project('wild', { rows: [{ domains: ['*.acme.org'], resolver: null }] });
    expect(hints(ask('https://a.b.acme.org', workspace([wild])))).toEqual(['wildcard-too-deep']);
    expect(brief(ask('https://a.acme.org', workspace([wild])))).toEqual([
      'web-secure tls: served wild-web-8080@docker',
    ]);
  });

  it('knows another port of the host', () => {
    const admin = project('admin', { rows: [{ domains: ['admin.acme.org'], hostport: 9000 }] });
    expect(hints(ask('https://admin.acme.org', workspace([admin])))).toEqual(['other-entry-point']);
    expect(brief(ask('admin.acme.org', workspace([admin])))).toContain(
      'http-9000 tls: served admin-web-8080@file',
    );
  });

  it('knows a project that is off', () => {
    const off = project('off', { rows: [{ domains: ['off.acme.org'] }], enabled: false });
    expect(ask('https://off.acme.org', workspace([off])).hints).toMatchObject([
      { code: 'project-disabled', help: expect.stringContaining('itsup deploy off') as unknown },
    ]);
  });

  it('knows a row that has errors, and shows them', () => {
    const broken = project('broken', {
      rows: [{ domains: ['broken.acme.org'], service: 'wbe' }],
      services: ['web'],
    });
    expect(ask('https://broken.acme.org', workspace([broken])).hints).toMatchObject([
      { code: 'unknown-service', place: { file: 'projects/broken/ingress.yml', line: 2 } },
    ]);
  });

  it('tells errors of a project that is served too: no deploy takes place', () => {
    const twin = project('twin', { rows: [{ domains: ['shop.acme.org'] }] });
    const found = ask('https://shop.acme.org', workspace([shop, twin]));
    expect(sole(found).losses).toContainEqual(expect.objectContaining({ reason: 'chance' }));
    expect(hints(found)).toContain('route-conflict');
  });

  it('knows a port that Docker publishes past the proxy', () => {
    const place = { file: 'projects/raw/docker-compose.yml', line: 5, column: 9 };
    const raw = project('raw', {
      services: [service('db', { publishedPorts: [{ port: 3306, protocol: 'tcp', place }] })],
    });
    expect(ask('3306', workspace([raw])).hints).toMatchObject([{ code: 'published-past-proxy', place }]);
  });

  it('knows a label that hides the service', () => {
    const hidden = project('hidden', {
      rows: [{ domains: ['hidden.acme.org'] }],
      services: [service('web', { labels: { 'traefik.enable': 'false' } })],
    });
    expect(hints(ask('https://hidden.acme.org', workspace([hidden])))).toContain('label-disables-route');
  });
});
