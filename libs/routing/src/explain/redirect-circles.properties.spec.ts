import type { IngressRow, Project } from '@itsup/config';
import fc from 'fast-check';
import type { ProjectRouting, WorkspaceRouting } from '../model';
import { askedEntryPoints } from '../proxy/entry-points';
import { requestsFor } from '../rule/request-for';
import { routeProject } from '../route-project';
import { externalProject, settings } from '../testing/build';
import { candidatesOf, type Candidate } from './candidates';
import { doorsOf } from './connections';
import { decide } from './decide';
import type { Door } from './model';
import { redirectCircles } from './redirect-circles';

interface Pair {
  project: Project;
  routing: ProjectRouting;
}

const host = fc.constantFrom('a.org', 'www.a.org', 'b.org', 'x.b.org', 'c.org');
const path = fc.constantFrom('', '/', '/p', '/p/q');
const target = fc.oneof(
  host,
  fc.tuple(host, fc.constantFrom('', ':9000', ':7000'), path).map((parts) => `https://${parts.join('')}`),
  fc.constant('https://${NAME}/'),
);
const domains = fc.uniqueArray(fc.oneof(host, fc.constant('*.b.org')), { minLength: 1, maxLength: 2 });
const redirect = fc.record({
  domains,
  pathPrefix: fc.constantFrom(null, null, '/p', '/p/q'),
  hostport: fc.constantFrom(null, null, null, 9000),
  redirectTo: target,
});
const rule = fc.record({
  rule: fc.constantFrom(
    '!Host(`a.org`)',
    'HostRegexp(`b[.]org`) && PathPrefix(`/p`)',
    'Host(`c.org`) && Method(`GET`)',
    'PathPrefix(`/p`)',
    'Host(`a.org`) || Host(`b.org`) && Path(`/p`)',
  ),
  priority: fc.constantFrom(null, 1, 1000),
  redirectTo: fc.option(target, { nil: null, freq: 2 }),
});
const served = fc.record({ domains, redirectFrom: fc.uniqueArray(host, { maxLength: 2 }) });
const rows: fc.Arbitrary<Partial<IngressRow>[]> = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: redirect },
    { weight: 1, arbitrary: rule },
    { weight: 2, arbitrary: served },
  ),
  { minLength: 1, maxLength: 5 },
);

/** Follows every redirect by asking, at each stop, the whole decision among all routers. */
function askedOneByOne(pairs: readonly Pair[]): Set<string> {
  const projects = pairs.map(({ routing }) => routing);
  const routing: WorkspaceRouting = {
    projects,
    entryPoints: askedEntryPoints(projects.flatMap(({ routes }) => routes)),
    problems: [],
    edgeProblems: [],
    disputes: [],
    holdings: new Map(),
  };
  const workspace = { settings: settings(), projects: pairs.map(({ project }) => project), problems: [] };
  const candidates = candidatesOf(workspace, routing).filter(({ fact }) => fact.kind === 'http');
  const doors = doorsOf(settings(), routing);
  return new Set(
    candidates.flatMap(({ fact }) =>
      fact.sentTo === null
        ? []
        : doors
            .filter(({ name }) => fact.entryPoints.includes(name))
            .flatMap((door) =>
              requestsFor(fact.rule ?? '').flatMap((start) =>
                roundFrom({ ...start, door }, candidates, doors),
              ),
            ),
    ),
  );
}

function roundFrom(
  start: { host: string | null; path: string; door: Door },
  candidates: readonly Candidate[],
  doors: readonly Door[],
): string[] {
  const way: string[] = [];
  const routers: string[] = [];
  let stop = start;
  for (;;) {
    const key = `${stop.door.name} ${stop.host} ${stop.path}`;
    if (way.includes(key)) return [[...new Set(routers.slice(way.indexOf(key)))].sort().join(' ')];
    const { door, host: name, path: at } = stop;
    const tls =
      door.name !== 'web' &&
      candidates.some(({ fact }) => fact.entryPoints.includes(door.name) && fact.tls !== 'none');
    const { router, conditional } = decide(
      { entryPoint: door, tls, port: door.port, host: name, path: at },
      [],
      candidates,
    );
    if (!router?.sentTo || conditional.length > 0) return [];
    way.push(key);
    routers.push(router.name);
    if (!router.sentTo.startsWith('https://')) {
      stop = { ...stop, host: router.sentTo };
      continue;
    }
    if (router.sentTo.includes('${')) return [];
    const url = new URL(router.sentTo);
    const to = doors.find(({ name: entry, port }) =>
      url.port === '' ? entry === 'web-secure' : port === Number(url.port),
    );
    if (to === undefined) return [];
    stop = { host: url.hostname, path: url.pathname, door: to };
  }
}

/** The rows of a circle, by their places. */
function placesOf(circle: string, pairs: readonly Pair[]): string {
  const names = circle.split(' ');
  const places = pairs.flatMap(({ project, routing }) =>
    routing.routes
      .filter(({ routers }) => Object.keys(routers).some((name) => names.includes(`${name}@file`)))
      .map(({ place }) => `${project.name}:${place.line}`),
  );
  return [...new Set(places)].sort().join(' ');
}

test('the circles are those that asking for every stop among all routers finds', () => {
  let circles = 0;
  fc.assert(
    fc.property(fc.array(rows, { minLength: 1, maxLength: 3 }), (several) => {
      fc.pre(several.flat().some(({ redirectTo }) => typeof redirectTo === 'string'));
      const pairs = several.map((own, at): Pair => {
        const project = externalProject('abc'[at] ?? 'd', '192.0.2.1', own);
        return { project, routing: routeProject(project, settings()) };
      });
      const found = redirectCircles(pairs, settings()).map(({ place, related = [] }) =>
        [place, ...related.map((other) => other.place)]
          .map((at) => `${/projects.(\w)/.exec(at?.file ?? '')?.[1]}:${at?.line}`)
          .sort()
          .join(' '),
      );
      const wanted = [...askedOneByOne(pairs)].map((circle) => placesOf(circle, pairs));
      circles += wanted.length;
      expect([...found].sort()).toEqual([...wanted].sort());
    }),
    { numRuns: 200 },
  );
  expect(circles).toBeGreaterThan(20);
});
