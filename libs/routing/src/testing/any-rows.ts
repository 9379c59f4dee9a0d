import type { IngressRow, Project } from '@itsup/config';
import fc from 'fast-check';
import { project } from './build';

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

/** What a row says, its other keys being left out. */
export type Shape = Partial<IngressRow>;

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
  compress: fc.boolean(),
  allowEncodedSlashes: fc.constantFrom(null, true, false),
  scheme: fc.constantFrom('http', 'https', 'h2c'),
};
const tcpOptions = { allowSourceIps: sources, proxyProtocol: fc.constantFrom(null, 1, 2) };

/** Rows that could stand in a file; together they may still be in conflict. */
export const soundRow = fc.oneof(
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
  .tuple(soundRow, fc.constantFrom(...Object.keys(attacks)), hostile)
  .map(([shape, key, text]): Shape => ({ ...shape, ...attacks[key]?.(text) }));

/** Any row: one that could stand in a file, or one with a hostile text in one of its keys. */
export const anyRow = fc.oneof(soundRow, attacked);

/** What a property says of a project. */
export interface AnyProject {
  name: string;
  rows: Shape[];
  egress: string[];
}

/** Projects of sound rows, with egress edges that may lead nowhere. */
export const anyProjects: fc.Arbitrary<AnyProject[]> = fc.uniqueArray(
  fc.record({
    name: fc.constantFrom('a', 'b', 'a-web', 'c'),
    rows: fc.array(soundRow, { maxLength: 5 }),
    egress: fc.uniqueArray(fc.constantFrom('a:web', 'b:web', 'c:db', 'd:web'), { maxLength: 3 }),
  }),
  { selector: ({ name }) => name, maxLength: 4 },
);

/** A function that shuffles any list, each time in another way. */
export const anyShuffle: fc.Arbitrary<<T>(items: readonly T[]) => T[]> = fc.infiniteStream(fc.nat()).map(
  (random) => (items) =>
    items
      .map((item) => ({ item, key: random.next().value as number }))
      .sort((a, b) => a.key - b.key)
      .map(({ item }) => item),
);

/** The same projects, their lists in another order. */
export function shuffledProjects(
  sources: readonly Project[],
  shuffle: <T>(items: readonly T[]) => T[],
): Project[] {
  return shuffle(sources).map((each) => ({
    ...each,
    ingress: shuffle(each.ingress),
    egress: shuffle(each.egress),
    compose: each.compose && { ...each.compose, services: shuffle(each.compose.services) },
  }));
}

/** A project of these rows. */
export function projectOf(name: string, rows: Shape[], egress: string[] = []): Project {
  // A service with a hostile name exists too: Compose would refuse it, the labels must hold all the same.
  const services = [...new Set(['web', 'Web', 'we.b', 'db', ...rows.map((each) => each.service ?? 'web')])];
  return project(name, { rows, egress, services });
}
