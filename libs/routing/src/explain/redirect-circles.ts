import type { Problem, Project, Settings } from '@itsup/config';
import type { ProjectRouting, WorkspaceRouting } from '../model';
import { askedEntryPoints } from '../proxy/entry-points';
import { collect, comparePlaces, compareText } from '../names/order';
import { parseRule, type Rule } from '../rule/parse';
import { requestsFor, type RuleRequest } from '../rule/request-for';
import { hostIn, termsOf, widerHosts } from '../rule/terms';
import { candidatesOf, sentTo, type Candidate } from './candidates';
import { doorsOf } from './connections';
import { takerOf } from './decide';
import type { Door, RouterFact } from './model';

/** Where a browser is on its way. */
interface Stop extends RuleRequest {
  door: Door;
}

/** One stop of the way after the other, and the router that sends on from there. */
interface Step {
  stop: Stop;
  router: RouterFact;
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
  const circles = circlesAmong(pairs, settings);
  return circles.map(circleProblem);
}

/** The circles that no project has by itself: those are told with it. */
export function sharedRedirectCircles(
  pairs: readonly { project: Project; routing: ProjectRouting }[],
  settings: Settings,
): Problem[] {
  const circles = circlesAmong(pairs, settings);
  const isShared = (circle: readonly Step[]): boolean =>
    new Set(circle.map(({ router }) => router.target.project)).size > 1;
  return circles.filter(isShared).map(circleProblem);
}

function circlesAmong(
  pairs: readonly { project: Project; routing: ProjectRouting }[],
  settings: Settings,
): Step[][] {
  // A circle of redirect_from alone is a conflict of the same names, and told as that.
  if (!pairs.some(({ project }) => project.ingress.some(({ redirectTo }) => redirectTo !== null))) return [];
  const projects = pairs.map(({ routing }) => routing);
  const senders = sendersOf(projects);
  // Most names are sent on to one that is served, and then there is nothing to follow.
  if (!someComeBack(senders)) return [];
  const routing: WorkspaceRouting = {
    projects,
    entryPoints: askedEntryPoints(projects.flatMap(({ routes }) => routes)),
    problems: [],
    edgeProblems: [],
    disputes: [],
    holdings: new Map(),
  };
  const workspace = { settings, projects: pairs.map(({ project }) => project), problems: [] };
  const ways = new Ways(candidatesOf(workspace, routing), doorsOf(settings, routing));
  const circles = new Map<string, Step[]>();
  for (const { requests, entryPoints } of senders) {
    for (const door of entryPoints.flatMap((name) => ways.doors.get(name) ?? [])) {
      for (const request of requests) {
        const circle = ways.circleFrom({ ...request, door });
        if (circle === null) continue;
        const key = circle.map(({ router }) => router.name).sort();
        circles.set(key.join(' '), circle);
      }
    }
  }
  return [...circles.values()];
}

/** The ways that browsers are sent, each stop looked at once. */
class Ways {
  private readonly known = new Set<string>();
  /** By entry point and host (`''` is any): the HTTP routers that may take a request there. */
  private readonly byHost = new Map<string, Candidate[]>();
  private readonly byDoor = new Map<string, Candidate[]>();
  /** The entry points, other than the plain one, where some router expects TLS. */
  private readonly withTls = new Set<string>();
  readonly doors: ReadonlyMap<string, Door>;
  private readonly doorsByPort: ReadonlyMap<number, Door>;

  constructor(candidates: readonly Candidate[], doors: readonly Door[]) {
    this.doors = new Map(doors.map((door) => [door.name, door]));
    // The first of those with one port counts.
    this.doorsByPort = new Map([...doors].reverse().map((door) => [door.port, door]));
    for (const each of candidates) {
      if (each.fact.kind !== 'http') continue;
      for (const door of new Set(each.fact.entryPoints)) {
        if (each.fact.tls !== 'none' && door !== 'web') this.withTls.add(door);
        collect(this.byDoor, door, each);
        for (const host of each.rule === null ? [] : hostKeys(each.rule))
          collect(this.byHost, keyOf(door, host), each);
      }
    }
  }

  /** The routers that a request comes by again and again; null: it ends somewhere, nobody knows, or it is told. */
  circleFrom(start: Stop): Step[] | null {
    const way = new Map<string, Step>();
    let stop: Stop | null = start;
    while (stop !== null) {
      const key: string = JSON.stringify([stop.door.name, stop.host, stop.path]);
      if (way.has(key)) return [...way.values()].slice([...way.keys()].indexOf(key));
      if (this.known.has(key)) return null;
      this.known.add(key);
      const router = this.senderAt(stop);
      if (router === null) return null;
      way.set(key, { stop, router });
      stop = this.next(stop, router.sentTo ?? '');
    }
    return null;
  }

  /** Who sends the request on for sure; null: it is served, or nobody knows. */
  private senderAt({ door, host, path }: Stop): RouterFact | null {
    const here =
      host === null
        ? (this.byDoor.get(door.name) ?? [])
        : widerHosts(hostIn(host)).flatMap((wider) => this.byHost.get(keyOf(door.name, wider)) ?? []);
    const tls = this.withTls.has(door.name);
    const connection = { entryPoint: door, tls, port: door.port, host, path };
    const { winner, conditional } = takerOf(connection, [], [...new Set(here)]);
    return winner !== null && winner.fact.sentTo !== null && conditional.length === 0 ? winner.fact : null;
  }

  /** null: it leads out of what is known here. */
  private next(from: Stop, target: string): Stop | null {
    if (!target.startsWith('https://')) return { ...from, host: target.toLowerCase() };
    const url = urlOf(target);
    if (url === null) return null;
    const { hostname, port, pathname } = url;
    const door = port === '' ? this.doors.get('web-secure') : this.doorsByPort.get(Number(port));
    return door === undefined ? null : { host: hostname, path: pathname, door };
  }
}

function keyOf(door: string, host: string): string {
  return `${door} ${host}`;
}

/** What a rule may be found by: the hosts of its terms; `''`: one of them takes any. */
function hostKeys(rule: Rule): Set<string> {
  return new Set(termsOf(rule).map(({ host }) => host ?? ''));
}

/** A router that sends every request on. */
interface Sender {
  entryPoints: readonly string[];
  /** What it takes for sure. */
  requests: readonly RuleRequest[];
  /** The hosts that it takes; `''`: any. */
  hosts: ReadonlySet<string>;
  /** The host that it sends to; null: to nowhere that is known. */
  target: string | null;
}

function sendersOf(projects: readonly ProjectRouting[]): Sender[] {
  return projects.flatMap(({ routes }) =>
    routes.flatMap((route) =>
      Object.values(route.routers).flatMap((router) => {
        const target = route.kind === 'http' ? sentTo(route, router) : null;
        const parsed = target === null ? null : parseRule(router.rule ?? '', 'http');
        if (target === null || parsed === null || !('rule' in parsed)) return [];
        const { entryPoints } = router;
        const requests = requestsFor(router.rule ?? '');
        return [{ entryPoints, requests, hosts: hostKeys(parsed.rule), target: hostOfTarget(target) }];
      }),
    ),
  );
}

/** Whether one of them sends to a host that such a router takes, and so on without an end. */
function someComeBack(senders: readonly Sender[]): boolean {
  const count = new Map<string, number>();
  const takers = new Map<string, Sender[]>();
  for (const sender of senders) {
    for (const wider of sender.target === null ? [] : widerHosts(hostIn(sender.target)))
      collect(takers, wider, sender);
    for (const host of sender.hosts) count.set(host, (count.get(host) ?? 0) + 1);
  }
  const left = new Set(senders);
  const goesOn = ({ target }: Sender): boolean =>
    target !== null && widerHosts(hostIn(target)).some((wider) => (count.get(wider) ?? 0) > 0);
  const ended = senders.filter((sender) => !goesOn(sender));
  for (const sender of ended) left.delete(sender);
  for (let sender = ended.pop(); sender !== undefined; sender = ended.pop()) {
    for (const host of sender.hosts) {
      const remaining = (count.get(host) ?? 0) - 1;
      count.set(host, remaining);
      if (remaining > 0) continue;
      for (const other of takers.get(host) ?? []) {
        if (goesOn(other) || !left.delete(other)) continue;
        ended.push(other);
      }
    }
  }
  return left.size > 0;
}

function hostOfTarget(target: string): string | null {
  return target.startsWith('https://') ? (urlOf(target)?.hostname ?? null) : target.toLowerCase();
}

/** null: its variables have no value here. */
function urlOf(target: string): URL | null {
  return target.includes('${') || !URL.canParse(target) ? null : new URL(target);
}

function circleProblem(circle: readonly Step[]): Problem {
  const parties = circle.flatMap(({ router: { place, target } }) =>
    place === null ? [] : [{ place, target }],
  );
  const inOrder = [...parties].sort((a, b) => comparePlaces(a.place, b.place));
  const last = inOrder.at(-1);
  const project = last?.target.project ?? null;
  const names = circle.map(({ stop: { host, path } }) => `${host ?? ''}${path === '/' ? '' : path}`);
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
