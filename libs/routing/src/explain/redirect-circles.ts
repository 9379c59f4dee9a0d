import type { Problem, Project, Settings } from '@itsup/config';
import type { ProjectRouting, WorkspaceRouting } from '../model';
import { askedEntryPoints } from '../proxy/entry-points';
import { comparePlaces, compareText } from '../names/order';
import { requestsFor, type RuleRequest } from '../rule/request-for';
import { candidatesOf, type Candidate } from './candidates';
import { doorsOf } from './connections';
import { decide } from './decide';
import type { Door, RouterFact } from './model';

/** A browser gives up after twenty. */
const MAX_STEPS = 20;

/** Where a browser is on its way. */
interface Stop extends RuleRequest {
  door: Door;
}

/**
 * Rows that send every request round to where it came from: a browser follows some twenty times and says that the page
 * does not work, and the service is never asked. One problem a circle, at the last of its rows.
 *
 * @param pairs the projects that may be part of one, routed
 */
export function redirectCircles(
  pairs: readonly { project: Project; routing: ProjectRouting }[],
  settings: Settings,
): Problem[] {
  // Without such a row there is no way back, and most workspaces have none.
  if (!pairs.some(({ project }) => project.ingress.some(({ redirectTo }) => redirectTo !== null))) return [];
  const projects = pairs.map(({ routing }) => routing);
  const routing: WorkspaceRouting = {
    projects,
    entryPoints: askedEntryPoints(projects.flatMap(({ routes }) => routes)),
    problems: [],
    edgeProblems: [],
    disputes: [],
    holdings: new Map(),
  };
  const workspace = { settings, projects: pairs.map(({ project }) => project), problems: [] };
  const candidates = candidatesOf(workspace, routing).filter(({ fact }) => fact.kind === 'http');
  const doors = doorsOf(settings, routing);
  const circles = new Map<string, { routers: RouterFact[]; stops: Stop[] }>();
  for (const start of candidates.filter(({ fact }) => fact.sentTo !== null && fact.rule !== null)) {
    for (const door of doors.filter(({ name }) => start.fact.entryPoints.includes(name))) {
      for (const request of requestsFor(start.fact.rule ?? '')) {
        const circle = circleFrom({ ...request, door }, candidates, doors);
        if (circle === null) continue;
        const key = circle.routers.map(({ name }) => name).sort();
        circles.set(key.join(' '), circle);
      }
    }
  }
  return [...circles.values()].map(({ routers, stops }) => circleProblem(routers, stops));
}

/** The routers that a request comes by again and again; null: it ends somewhere, or nobody knows. */
function circleFrom(
  start: Stop,
  candidates: readonly Candidate[],
  doors: readonly Door[],
): { routers: RouterFact[]; stops: Stop[] } | null {
  const way: { stop: Stop; router: RouterFact }[] = [];
  let stop: Stop | null = start;
  while (stop !== null && way.length < MAX_STEPS) {
    const { host, path, door }: Stop = stop;
    const again = way.findIndex(({ stop: seen }) => isSame(seen, { host, path, door }));
    if (again >= 0) {
      const round = way.slice(again);
      return { routers: round.map(({ router }) => router), stops: round.map(({ stop: seen }) => seen) };
    }
    const here = candidates.filter(({ fact }) => fact.entryPoints.includes(door.name));
    const tls = door.name !== 'web' && here.some(({ fact }) => fact.tls !== 'none');
    const connection = { entryPoint: door, tls, port: door.port, host, path };
    const { router, conditional } = decide(connection, [], candidates);
    if (router === null || router.sentTo === null || conditional.length > 0) return null;
    way.push({ stop, router });
    stop = next(stop, router.sentTo, doors);
  }
  return null;
}

/** null: it leads out of what is known here. */
function next(from: Stop, target: string, doors: readonly Door[]): Stop | null {
  if (!target.startsWith('https://')) return { ...from, host: target.toLowerCase() };
  if (target.includes('${') || !URL.canParse(target)) return null;
  const { hostname, port, pathname } = new URL(target);
  const door = doors.find(({ name, port: listens }) =>
    port === '' ? name === 'web-secure' : listens === Number(port),
  );
  return door === undefined ? null : { host: hostname, path: pathname, door };
}

function isSame(a: Stop, b: Stop): boolean {
  return a.host === b.host && a.path === b.path && a.door.name === b.door.name;
}

function circleProblem(routers: readonly RouterFact[], stops: readonly Stop[]): Problem {
  const parties = routers.flatMap(({ place, target }) => (place === null ? [] : [{ place, target }]));
  const inOrder = [...parties].sort((a, b) => comparePlaces(a.place, b.place));
  const last = inOrder.at(-1);
  const project = last?.target.project ?? null;
  const names = stops.map(({ host, path }) => `${host ?? ''}${path === '/' ? '' : path}`);
  const start = names.indexOf([...names].sort(compareText)[0] ?? '');
  const round = [...names.slice(start), ...names.slice(0, start)];
  const others = [...new Set(inOrder.slice(0, -1).map(({ place }) => place))].filter(
    (place) => place !== last?.place,
  );
  return {
    code: 'redirect-circle',
    severity: 'error',
    message: `redirects go round in a circle: ${[...round, round[0]].join(' → ')}`,
    help: 'browsers give up on it: send on to a name or a path that no redirect takes, or remove redirect_to:',
    ...(last && { place: last.place }),
    ...(project === null ? {} : { project }),
    related: others.map((place) => ({ message: 'another of its redirects', place })),
  };
}
