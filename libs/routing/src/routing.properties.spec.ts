import type { IngressRow } from '@itsup/config';
import fc from 'fast-check';
import { labelsOf } from './labels';
import type { ProjectRouting } from './model';
import { routeProject } from './route-project';
import { routeWorkspace } from './route-workspace';
import { parseRule, type Rule } from './rule/parse';
import { project, settings, workspace } from './testing/build';

/** Text that tries to leave quotes, lists, labels, YAML and Go templates; some of it is harmless. */
const hostile = fc.oneof(
  fc.string({
    unit: fc.constantFrom(...'ab.-/`"\'\\)(|&!,={}$\n\r\0 @#[]*é\ud800'),
    minLength: 1,
    maxLength: 6,
  }),
  fc.stringMatching(/^[a-z/][a-z.*/-]{0,6}$/),
  fc.constantFrom(
    'a.org`) || Host(`b.org',
    'a.org`,`b.org',
    '*',
    '/a`) || PathPrefix(`/',
    '${HOME}',
    '{{ env "X" }}',
  ),
);

const domains = fc.uniqueArray(
  fc.constantFrom('a.org', 'b.org', 'A.org', 'app.acme.org', '*.acme.org', 'app.localhost'),
  {
    minLength: 1,
    maxLength: 3,
  },
);
const hostport = fc.constantFrom(25, 9000, 9001, 8443);
const names = fc.uniqueArray(fc.constantFrom('rate-limit', 'redirect', 'default-headers'), { maxLength: 2 });
const sources = fc.uniqueArray(fc.constantFrom('10.0.0.0/8', '::1', '192.168.1.1'), { maxLength: 2 });
const headers = fc.record({
  request: fc.dictionary(fc.constantFrom('X-A', 'X-B'), fc.constantFrom('1', 'a, b', ''), { maxKeys: 2 }),
  response: fc.dictionary(fc.constantFrom('X-C'), fc.constantFrom('$1', '{}'), { maxKeys: 1 }),
});

type Shape = Partial<IngressRow>;

function rowOf(
  router: IngressRow['router'],
  keys: Record<string, fc.Arbitrary<unknown>>,
): fc.Arbitrary<Shape> {
  return fc.record({
    router: fc.constant(router),
    service: fc.constantFrom('web', 'Web', 'we.b', 'db'),
    port: fc.constantFrom(80, 8080),
    priority: fc.option(fc.constantFrom(1, 50, 1000), { freq: 3, nil: null }),
    ...keys,
  }) as fc.Arbitrary<Shape>;
}

const httpOptions = {
  pathPrefix: fc.option(fc.constantFrom('/', '/a', '/a/b', '/ab', '/ä', '/.well-known/acme-challenge')),
  pathRemove: fc.boolean(),
  middleware: names,
  allowSourceIps: sources,
  headers,
  sticky: fc.boolean(),
  scheme: fc.constantFrom('http', 'https', 'h2c'),
};
const tcpOptions = { allowSourceIps: sources, proxyProtocol: fc.constantFrom(null, 1, 2) };

/** Rows that could stand in a file; together they may still be in conflict. */
const sound = fc.oneof(
  rowOf('http', { ...httpOptions, domains }),
  rowOf('http', { ...httpOptions, domains: fc.oneof(domains, fc.constant([])), hostport }),
  rowOf('http', {
    rule: fc.constantFrom('Host(`a.org`)', 'Host(`a.org`) || !Path(`/a`)', 'Host(`*`) && Method(`GET`)'),
  }),
  rowOf('http', { domains, passthrough: fc.constant(true) }),
  rowOf('tcp', { ...tcpOptions, domains }),
  rowOf('tcp', { ...tcpOptions, domains: fc.oneof(domains, fc.constant([])), hostport }),
  rowOf('tcp', {
    rule: fc.constantFrom('HostSNI(`a.org`)', 'ClientIP(`10.0.0.0/8`)', 'HostSNI(`*`)'),
    hostport,
  }),
  rowOf('udp', { hostport, priority: fc.constant(null) }),
);

/** What a hostile text can be written into. */
const attacks: Record<string, (text: string) => Shape> = {
  domain: (text) => ({ domains: [text] }),
  path: (text) => ({ pathPrefix: `/${text}` }),
  rule: (text) => ({ rule: text }),
  quoted: (text) => ({ rule: `Host(\`${text}\`)` }),
  middleware: (text) => ({ middleware: [text] }),
  source: (text) => ({ allowSourceIps: [text] }),
  name: (text) => ({ headers: { request: { [text]: 'x' }, response: {} } }),
  value: (text) => ({ headers: { request: { 'X-A': text }, response: {} } }),
  resolver: (text) => ({ resolver: text }),
  service: (text) => ({ service: text }),
};
const attacked = fc
  .tuple(sound, fc.constantFrom(...Object.keys(attacks)), hostile)
  .map(([shape, key, text]): Shape => ({ ...shape, ...attacks[key]?.(text) }));

const any = fc.oneof(sound, attacked);

function projectOf(
  name: string,
  rows: Partial<IngressRow>[],
  egress: string[] = [],
): ReturnType<typeof project> {
  // A service with a hostile name exists too: Compose would refuse it, the labels must hold all the same.
  const services = [...new Set(['web', 'Web', 'we.b', 'db', ...rows.map((each) => each.service ?? 'web')])];
  return project(name, { rows, egress, services });
}

function failed({ problems }: Pick<ProjectRouting, 'problems'>): boolean {
  return problems.some(({ severity }) => severity === 'error');
}

/** Matchers with their values, in the order they stand in the rule. */
function matchers(tree: Rule): string[] {
  if (tree.kind === 'matcher') return [`${tree.name} ${tree.values.join(' ')}`];
  return tree.kind === 'not' ? matchers(tree.rule) : [...matchers(tree.left), ...matchers(tree.right)];
}

describe('any list of rows', () => {
  it('gives errors, or one route a row with names of their own and rules that parse', () => {
    fc.assert(
      fc.property(fc.array(any, { maxLength: 6 }), (rows) => {
        const routing = routeProject(projectOf('blog', rows), settings());
        if (!failed(routing)) expect(routing.routes).toHaveLength(rows.length);
        const names = routing.routes.flatMap(({ routers }) => Object.keys(routers));
        expect(new Set(names).size).toBe(names.length);
        for (const { kind, routers } of routing.routes) {
          for (const router of Object.values(routers)) {
            if (kind === 'udp') expect(router.rule).toBeUndefined();
            else expect(parseRule(router.rule ?? '', kind)).toHaveProperty('rule');
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it('never lets a value out of its place in a rule', () => {
    fc.assert(
      fc.property(any, (shape) => {
        const source = projectOf('blog', [shape]);
        const [route] = routeProject(source, settings()).routes;
        const [row] = source.ingress;
        fc.pre(route !== undefined && row !== undefined && route.kind !== 'udp' && row.rule === null);
        const parsed = parseRule(route.routers[route.serviceName]?.rule ?? '', route.kind);
        const host = route.kind === 'http' ? 'Host' : 'HostSNI';
        const hosts = [...new Set(row.domains.map((each) => each.toLowerCase()))].map(
          (each) => `${host} ${each}`,
        );
        const paths = row.pathPrefix === null ? [] : [`PathPrefix ${row.pathPrefix}`];
        const everything = route.kind === 'http' ? 'PathPrefix /' : 'HostSNI *';
        const wanted = [...hosts, ...paths];
        expect('rule' in parsed && matchers(parsed.rule)).toEqual(wanted.length > 0 ? wanted : [everything]);
      }),
      { numRuns: 1000 },
    );
  });

  it('never lets a value out of its place in a label', () => {
    const key =
      /^traefik\.(enable|docker\.network|(http|tcp|udp)\.(routers|services|middlewares)\.[a-z0-9-]+\.[a-z]+(\.[a-z]+|\[0\]\.(main|sans))*(\.custom\w+headers\.[A-Za-z0-9_-]+)?)$/;
    fc.assert(
      fc.property(fc.array(any, { maxLength: 4 }), (rows) => {
        const { routes } = routeProject(projectOf('blog', rows), settings());
        for (const route of routes) {
          for (const [label, value] of Object.entries(labelsOf(route))) {
            if (!label.includes('.headers.')) expect(label).toMatch(key);
            expect(label).toMatch(/^[\w.[\]-]+$/);
            expect(value).not.toMatch(/[\n\r\0]/);
            if (label.endsWith('.middlewares')) {
              expect(value.split(',').every((name) => /^[\w.-]+(@\w+)?$/.test(name))).toBe(true);
            }
            if (label.endsWith('.sourcerange')) expect(value).toMatch(/^[0-9a-f.:/,]+$/i);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it('means the same in any order of rows and projects', () => {
    const projects = fc.uniqueArray(
      fc.record({
        name: fc.constantFrom('a', 'b', 'a-web', 'c'),
        rows: fc.array(sound, { maxLength: 5 }),
        egress: fc.uniqueArray(fc.constantFrom('a:web', 'b:web', 'c:db', 'd:web'), { maxLength: 3 }),
      }),
      { selector: ({ name }) => name, maxLength: 4 },
    );
    fc.assert(
      fc.property(projects, fc.infiniteStream(fc.nat()), (shapes, random) => {
        const shuffled = <T>(items: readonly T[]): T[] =>
          items
            .map((item) => ({ item, key: random.next().value as number }))
            .sort((a, b) => a.key - b.key)
            .map(({ item }) => item);
        const sources = shapes.map(({ name, rows, egress }) => projectOf(name, rows, egress));
        const again = shuffled(sources).map((each) => ({
          ...each,
          ingress: shuffled(each.ingress),
          egress: shuffled(each.egress),
          compose: each.compose && { ...each.compose, services: shuffled(each.compose.services) },
        }));
        expect(JSON.stringify(routeWorkspace(workspace(again)))).toBe(
          JSON.stringify(routeWorkspace(workspace(sources))),
        );
      }),
      { numRuns: 200 },
    );
  });

  it('of several projects gives a conflict, or names that no two routes share', () => {
    const rows = fc.array(sound, { maxLength: 3 });
    fc.assert(
      fc.property(rows, rows, (one, two) => {
        const routing = routeWorkspace(workspace([projectOf('a', one), projectOf('a-web', two)]));
        const names = routing.projects.flatMap(({ routes }) => routes.map(({ serviceName }) => serviceName));
        expect(new Set(names).size === names.length || failed(routing)).toBe(true);
      }),
    );
  });
});
