import fc from 'fast-check';
import { row, service, settings, project as shapedProject, workspace } from '../../testing/build';
import { routeProject } from '../../route-project';
import { routeWorkspace } from '../../route-workspace';
import { evaluate, hostMatches, type RequestFacts } from '../../rule/evaluate';
import { claimsOf, type Claim } from './claims';

/** Few names, some of which are wildcards of others, so that two projects meet often. */
const hosts = ['a.org', 'www.a.org', 'x.www.a.org', 'b.org', 'a.example.com'];
/**
 * Names that nobody writes: what a wildcard stands for. Those that others ask for, by an expression too, it leaves to
 * them.
 */
const unwritten = ['other.org', 'other.a.org', 'other.www.a.org'];
const names = fc.constantFrom(...hosts, '*.a.org', '*.org', '*.www.a.org');
const paths = ['/', '/api', '/api/v1', '/apis', '/login'];
const queries = [[], [['k', '1']], [['k', '2']]] as const;

const host = names.map((name) => `Host(\`${name}\`)`);
const matcher = fc.oneof(
  { weight: 4, arbitrary: host },
  fc.constantFrom(
    'HostRegexp(`.+`)',
    'HostRegexp(`a\\.org$`)',
    'HostRegexp(`^(www\\.)?a\\.org$`)',
    'HostRegexp(`^b`)',
    'PathRegexp(`^/a`)',
    'PathRegexp(`.*`)',
    'Query(`k`, `1`)',
    'Query(`k`, `2`)',
  ),
  fc.constantFrom(...paths).map((path) => `PathPrefix(\`${path}\`)`),
  fc.constantFrom(...paths).map((path) => `Path(\`${path}\`)`),
);

/** Rules as people write them, and as nobody should. */
const { rule } = fc.letrec<{ rule: string }>((tie) => ({
  rule: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    matcher,
    fc.tuple(tie('rule'), tie('rule')).map(([a, b]) => `(${a}) && (${b})`),
    fc.tuple(tie('rule'), tie('rule')).map(([a, b]) => `(${a}) || (${b})`),
    tie('rule').map((inner) => `!(${inner})`),
  ),
}));

const priority = fc.constantFrom(null, null, 1, 2, 15, 24, 30, 60, 1000);

const victimRow = fc.record({
  domains: fc.uniqueArray(names, { minLength: 1, maxLength: 2 }),
  pathPrefix: fc.constantFrom(null, null, '/api', '/login'),
  priority,
});

const attack = fc.record({
  rule,
  priority,
  by: fc.constantFrom('row', 'label', 'label on web'),
});

type Attack = typeof attack extends fc.Arbitrary<infer Shape> ? Shape : never;

function attacker({ rule, priority, by }: Attack) {
  const place = { file: 'projects/b/docker-compose.yml', line: 4, column: 5 };
  if (by === 'row') {
    return { ...shapedProject('b', { rows: [{ rule, priority }] }) };
  }
  const labels: Record<string, string> = {
    'traefik.enable': 'true',
    'traefik.http.routers.b.rule': rule,
    'traefik.http.routers.b.entrypoints': by === 'label' ? 'web-secure' : 'web',
    ...(by === 'label' ? { 'traefik.http.routers.b.tls': 'true' } : {}),
    ...(priority === null ? {} : { 'traefik.http.routers.b.priority': String(priority) }),
  };
  return shapedProject('b', { services: [service('web', { labels, place })] });
}

/** Of routers of one scope, the one that Traefik asks first among those that match; both where it is left to chance. */
function winners(claims: readonly Claim[], facts: RequestFacts): Claim[] {
  const matching = claims.filter(({ rule: tree }) => evaluate(tree, facts).verdict === 'yes');
  const first = (one: Claim, other: Claim): number =>
    other.priority - one.priority || Number(other.via === 'file') - Number(one.via === 'file');
  const [best] = [...matching].sort(first);
  return best ? matching.filter((each) => first(best, each) === 0) : [];
}

/** A request for a host that only A names, which A would serve and B gets, or may get. */
function stolen(claims: readonly Claim[]): string | null {
  const of = (project: string): Claim[] => claims.filter(({ party }) => party.project === project);
  for (const name of [...hosts, ...unwritten]) {
    if (of('b').some((claim) => claim.hosts.some((wanted) => hostMatches(name, wanted)))) continue;
    const isWritten = hosts.includes(name);
    const asked = of('a').flatMap((claim) => claim.hosts);
    if (!asked.some((wanted) => (isWritten ? wanted === name : hostMatches(name, wanted)))) continue;
    for (const path of paths) {
      for (const query of queries) {
        const facts: RequestFacts = { host: name, path, query };
        for (const scope of ['web false', 'web-secure true']) {
          const here = claims.filter(({ entryPoint, tls }) => `${entryPoint} ${tls}` === scope);
          const owner = here.filter(({ party }) => party.project === 'a');
          if (winners(owner, facts).length === 0) continue;
          const isRedirected = winners(owner, facts).every(({ isRedirect }) => isRedirect);
          // Whose redirect to HTTPS it is makes no difference.
          if (
            winners(here, facts).some(
              ({ party, isRedirect }) => party.project === 'b' && !(isRedirect && isRedirected),
            )
          )
            return `${name}${path}?${JSON.stringify(query)} on ${scope}`;
        }
      }
    }
  }
  return null;
}

it('reports every rule that gets requests for a host that another project alone names', () => {
  let taken = 0;
  fc.assert(
    fc.property(fc.array(victimRow, { minLength: 1, maxLength: 2 }), attack, (rows, shape) => {
      const place = { file: 'projects/a/ingress.yml', line: 2, column: 5 };
      const victim = shapedProject('a', { rows: rows.map((each) => row({ ...each, place })) });
      const thief = attacker(shape);
      const projects = [victim, thief];
      const routed = projects.map((project) => ({ project, routing: routeProject(project, settings()) }));
      // What fails on its own is deployed by nobody.
      fc.pre(routed.every(({ routing }) => routing.problems.every(({ severity }) => severity !== 'error')));
      const request = stolen(claimsOf(routed, settings()));
      if (request === null) return;
      taken += 1;
      const { disputes } = routeWorkspace(workspace(projects));
      const told = disputes.some(
        ({ problem, parties }) =>
          problem.severity === 'error' &&
          ['a', 'b'].every((name) => parties.some(({ project }) => project === name)),
      );
      if (!told) throw new Error(`b gets ${request} and nobody is told`);
    }),
    { numRuns: 600 },
  );
  // Or the property says nothing.
  expect(taken).toBeGreaterThan(20);
});
