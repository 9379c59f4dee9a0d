import { tmpdir } from 'node:os';
import { readSettings, type Problem } from '@itsup/config';
import { checkedVersion } from '@itsup/traefik';
import { routeProject } from '../route-project';
import { routeWorkspace } from '../route-workspace';
import { project, service, settings, workspace } from '../testing/build';

const versions = { ...settings().versions, traefik: `v${checkedVersion}` };
const enabled = { 'traefik.enable': 'true' };

/** Problems of a service `web` with these labels; each stands on a line of its own, from 10 on. */
function problemsOf(labels: Record<string, string>): Problem[] {
  const names = Object.keys({ ...enabled, ...labels });
  const labelPlaces = Object.fromEntries(
    names.map((name, index) => [
      name,
      { file: 'projects/blog/docker-compose.yml', line: 10 + index, column: 7 },
    ]),
  );
  const blog = project('blog', {
    services: [service('web', { labels: { ...enabled, ...labels }, labelPlaces })],
  });
  return routeProject(blog, settings({ versions })).problems;
}

function messagesOf(labels: Record<string, string>): string[] {
  return problemsOf(labels).map(({ severity, message }) => `${severity}: ${message}`);
}

describe('labels that Traefik reads', () => {
  it('have the name that Compose gives them, and no known value where a variable is in it', () => {
    const name = 'traefik.http.routers.a.${FIELD:-entrypoint}';
    expect(problemsOf({ [name]: 'web' }).map(({ message }) => message)).toEqual([
      expect.stringContaining('entrypoint'),
    ]);
    expect(problemsOf({ '${NAME}': 'web' })).toEqual([]);
    expect(problemsOf({ 'traefik.http.routers.a.priority': '${PRIORITY:-none}' })).toEqual([]);
    expect(problemsOf({ 'traefik.http.routers.a.priority': 'none' })).toHaveLength(1);
  });

  it('are checked by the version that is the default', async () => {
    const { settings: defaults } = await readSettings(tmpdir());
    expect(defaults.versions.traefik).toBe(`v${checkedVersion}`);
  });

  it.each<[string, Record<string, string>]>([
    [
      'numbers, durations and booleans as texts',
      {
        'traefik.http.routers.web.priority': '10',
        'traefik.http.middlewares.limit.ratelimit.average': '100',
        'traefik.http.middlewares.limit.ratelimit.period': '1m',
        'traefik.http.middlewares.h.headers.framedeny': 'true',
      },
    ],
    ['names in any case', { 'traefik.HTTP.Routers.web.Rule': 'Host(`a.example.com`)' }],
    [
      'lists with commas, by number, and as one struct',
      {
        'traefik.http.routers.web.tls.domains[0].main': 'example.com',
        'traefik.http.routers.web.tls.domains[0].sans': 'a.example.com, b.example.com',
        'traefik.http.middlewares.a.ipallowlist.sourcerange': '10.0.0.0/8, ::1',
        'traefik.http.services.web.loadbalancer.server.port': '80',
        'traefik.http.services.web.loadbalancer.server.scheme': 'https',
      },
    ],
    [
      'structs that are true',
      {
        'traefik.http.routers.web.tls': 'true',
        'traefik.http.middlewares.c.compress': 'true',
        'traefik.http.services.web.loadbalancer.sticky.cookie': 'true',
        'traefik.http.services.web.loadbalancer.server.port': '80',
      },
    ],
    [
      'headers of any name',
      {
        'traefik.http.middlewares.h.headers.customresponseheaders.X-Anything': '5',
        'traefik.http.middlewares.h.headers.customrequestheaders.X-Other': '',
      },
    ],
    [
      'a hash with doubled dollar signs',
      {
        'traefik.http.middlewares.auth.basicauth.users': 'a:$$apr1$$H6uskkkW$$IgXLP6ewTrSuBkTrqE8wj/',
      },
    ],
    [
      'braces, which are a template in files alone',
      {
        'traefik.http.middlewares.h.headers.customresponseheaders.X-A': '{{ .X }}',
      },
    ],
    [
      'values that only a deploy knows',
      {
        'traefik.http.routers.web.priority': '${PRIORITY}',
        'traefik.http.routers.web.rule': 'Host(`${DOMAIN}`)',
        'traefik.http.middlewares.limit.ratelimit.average': '${AVERAGE:-100}',
      },
    ],
    [
      'what the docker provider itself reads',
      { 'traefik.docker.network': '${COMPOSE_PROJECT_NAME}_default', 'traefik.docker.lbswarm': 'false' },
    ],
  ])('take %s', (_what, labels) => {
    expect(messagesOf(labels)).toEqual([]);
  });

  it.each<[string, Record<string, string>, RegExp]>([
    [
      'a word for a number',
      { 'traefik.http.routers.web.priority': 'abc' },
      /must be a whole number, found `abc`/,
    ],
    ['an unknown field', { 'traefik.http.routers.web.midlewares': 'x' }, /did you mean `middlewares`/],
    ['an unknown kind', { 'traefik.http.middlewares.a.basicauht.users': 'x' }, /did you mean `basicAuth`/],
    ['a duration', { 'traefik.http.middlewares.a.ratelimit.period': '5x' }, /must be a duration/],
    ['a boolean', { 'traefik.http.middlewares.a.headers.framedeny': 'yes' }, /must be `true` or `false`/],
    [
      'an address',
      { 'traefik.http.middlewares.a.ipallowlist.sourcerange': '10.0.0.0/99' },
      /must be an address/,
    ],
    [
      'a server as files have it',
      { 'traefik.http.services.w.loadbalancer.servers.port': '80' },
      /unknown field/,
    ],
    ['a struct without fields', { 'traefik.http.middlewares.a.basicauth': 'x' }, /takes fields below it/],
    ['two dots', { 'traefik.http..routers.web.rule': 'x' }, /empty name/],
    ['a bracket', { 'traefik.http.routers.web.tls.domains0].main': 'x' }, /without a `\[`/],
    [
      'a transport, which labels cannot define',
      { 'traefik.http.serversTransports.a.bad': 'x' },
      /unknown field/,
    ],
    ["the provider's own", { 'traefik.docker.netwrok': 'x' }, /did you mean `network`/],
    ['a rule', { 'traefik.http.routers.web.rule': 'Host(`a`' }, /does not understand the rule/],
  ])('refuse %s, at its line', (_what, labels, message) => {
    const [problem, ...more] = problemsOf(labels).filter(({ severity }) => severity === 'error');
    expect(more).toEqual([]);
    expect(problem?.message).toMatch(message);
    expect(problem).toMatchObject({
      project: 'blog',
      place: { file: 'projects/blog/docker-compose.yml', line: 11 },
    });
  });

  it('refuse traefik.enable that is no boolean, for it keeps the container out', () => {
    expect(messagesOf({ 'traefik.enable': 'yes' })).toEqual([
      expect.stringContaining('`enable` must be `true` or `false`'),
    ]);
  });

  it("are nobody's business on a service that is not enabled", () => {
    expect(messagesOf({ 'traefik.enable': 'false', 'traefik.http.routers.web.priority': 'abc' })).toEqual([]);
  });

  it('are left to the trial with another version of Traefik', () => {
    const labels = { ...enabled, 'traefik.http.routers.web.priority': 'abc' };
    const blog = project('blog', { services: [service('web', { labels })] });
    const other = settings({ versions: { ...versions, traefik: 'v3.6.1' } });
    expect(routeProject(blog, other).problems).toEqual([]);
  });

  it('warn of sections that Traefik does not have', () => {
    expect(
      messagesOf({
        'traefik.htp.routers.web.rule': 'Host(`a.example.com`)',
        'traefik.frontend.rule': 'Host:a.example.com',
        'traefik.constraint-label': 'public',
      }),
    ).toEqual([
      expect.stringMatching(/^warning: .*traefik\.http/),
      expect.stringMatching(/^warning: .*Traefik 1/),
    ]);
  });

  it.each([
    ['parent routers', 'traefik.http.routers.web.parentrefs', 'main', 'http.routers.web.parentrefs'],
    ['transports', 'traefik.http.serverstransports.a.insecureskipverify', 'true', 'http.serverstransports'],
    ['TLS options', 'traefik.tls.options.strong.minversion', 'VersionTLS13', 'tls.options.strong.minversion'],
    ['a field that others fill', 'traefik.http.routers.web.observability.metadata', 'x', 'metadata'],
  ])('warn of %s, which Traefik reads from files alone or not at all', (_what, label, value, path) => {
    expect(messagesOf({ [label]: value })).toEqual([
      expect.stringMatching(new RegExp(`^warning: .*Traefik reads no .*${path}.* from labels`)),
    ]);
  });

  it('know no service that they only weigh: Traefik leaves out the container', () => {
    expect(messagesOf({ 'traefik.http.services.all.weighted.services[0].name': 'a' })).toEqual([
      expect.stringMatching(/^error: .*http\.services\.all. says of no kind/),
      expect.stringMatching(/^warning: .*Traefik reads no .http\.services\.all\.weighted. from labels/),
    ]);
    const both = {
      'traefik.http.services.all.loadbalancer.server.port': '80',
      'traefik.http.services.all.weighted.services[0].name': 'a',
    };
    expect(messagesOf(both)).toEqual([expect.stringMatching(/^warning: .*all\.weighted. from labels/)]);
  });

  it('warn of a rule for Traefik 2', () => {
    expect(messagesOf({ 'traefik.http.routers.web.rule': 'HostRegexp(`{sub:[a-z]+}.example.com`)' })).toEqual(
      [expect.stringMatching(/^warning: .*written for Traefik 2/)],
    );
  });
});

describe('names in labels and rows', () => {
  const auth = { 'traefik.enable': 'true', 'traefik.http.middlewares.login.basicauth.usersfile': '/x' };
  const use = (name: string): Record<string, string> => ({
    'traefik.enable': 'true',
    'traefik.http.routers.web.rule': 'Host(`a.example.com`)',
    'traefik.http.routers.web.middlewares': name,
  });
  const found = (labels: Record<string, string>, middleware: string[] = []): string[] => {
    const blog = project('blog', {
      rows: middleware.length > 0 ? [{ domains: ['b.example.com'], middleware }] : [],
      services: [service('web', { labels })],
    });
    const other = project('login', { services: [service('sso', { labels: auth })] });
    return routeWorkspace(workspace([blog, other], { versions })).problems.map(
      ({ severity, message }) => `${severity}: ${message}`,
    );
  };

  it('lead to what any project defines', () => {
    expect(found(use('login, login@docker, default-headers@file'))).toEqual([]);
    expect(found({}, ['login@docker'])).toEqual([]);
  });

  it('are said when nothing defines them', () => {
    expect(found(use('logn'))).toEqual([expect.stringMatching(/^warning: .*did you mean `login`/)]);
    expect(found(use('nothing@file'))).toEqual([expect.stringMatching(/^error: .*no file defines/)]);
    expect(found({}, ['nothing@docker'])).toEqual([
      expect.stringMatching(/^warning: no label .*nothing@docker/),
    ]);
  });

  it('tell of an entry point and a resolver that there are not', () => {
    expect(found({ ...use('login'), 'traefik.http.routers.web.entrypoints': 'websecure' })).toEqual([
      expect.stringMatching(/^error: .*did you mean `web-secure`/),
    ]);
    expect(found({ ...use('login'), 'traefik.http.routers.web.tls.certresolver': 'le' })).toEqual([
      expect.stringMatching(/^error: .*certificate resolver `le`/),
    ]);
  });
});

describe('labels that nothing enables', () => {
  const labels = { 'traefik.http.routers.web.rule': 'Host(`a.example.com`)' };
  const codesOf = (
    own: Record<string, string>,
    shape: Parameters<typeof project>[1] = {},
    set: Parameters<typeof settings>[0] = {},
  ): string[] => {
    const blog = project('blog', { services: [service('web', { labels: own })], ...shape });
    return routeProject(blog, settings({ versions, ...set })).problems.map(({ code }) => code);
  };

  it('are a warning: a Traefik that exposes by default would read them', () => {
    expect(codesOf(labels)).toEqual(['labels-not-read']);
    expect(codesOf({ 'Traefik.TCP.Routers.db.Rule': 'HostSNI(`*`)' })).toEqual(['labels-not-read']);
  });

  it.each<[string, Parameters<typeof codesOf>]>([
    ['a label enables them', [{ ...labels, 'Traefik.Enable': 'true' }]],
    ['a label switches them off', [{ ...labels, 'traefik.enable': 'false' }]],
    ['only a deploy knows', [{ ...labels, 'traefik.enable': '${ON}' }]],
    ['a row enables the container', [labels, { rows: [{ domains: ['b.example.com'] }] }]],
    ['they define nothing', [{ 'traefik.docker.network': 'web', 'com.example.team': 'a' }]],
    [
      'the Traefik here exposes by default',
      [
        labels,
        {},
        {
          traefikOverride: {
            file: 'projects/traefik.yml',
            data: { providers: { docker: { exposedByDefault: true } } },
          } as never,
        },
      ],
    ],
  ])('are none where %s', (_, given) => {
    expect(codesOf(...given)).not.toContain('labels-not-read');
  });
});
