import { isIP } from 'node:net';
import { nameOf } from '@itsup/traefik';
import { compareText } from '../names/order';
import { evaluate, hostMatches, type Evaluation, type RequestFacts } from '../rule/evaluate';
import type { Candidate } from './candidates';
import type { Connection, ConnectionAnswer, Loss, LossReason, RouterFact } from './model';
import type { Question } from './question';

type Decision = Pick<ConnectionAnswer, 'outcome' | 'router' | 'conditional' | 'losses'>;

/**
 * What Traefik does with one connection (pkg/server/router/tcp, pkg/muxer):
 * - plain TCP goes to the TCP routers without TLS, and what these do not take to the HTTP routers without TLS;
 * - for TLS the name in SNI decides: HTTPS routers that name it come before TCP routers that do, and routers that take
 *   every name stand behind both;
 * - within one kind the highest priority whose rule matches takes it, the file's before a container's when equal.
 */
export function decide(
  connection: Connection,
  query: Question['query'],
  candidates: readonly Candidate[],
): Decision {
  const here = candidates.filter(({ fact }) => fact.entryPoints.includes(connection.entryPoint.name));
  if (connection.entryPoint.protocol === 'udp') return decideUdp(here);
  const { winner, conditional, order, asker } = takerOf(connection, query, here);
  const taken = new Set([winner?.fact, ...conditional.map(({ router }) => router)]);
  const losses = here
    .filter(({ fact }) => !taken.has(fact))
    .flatMap((each) => lossOf(each, winner, order, asker, connection) ?? []);
  return { outcome: outcomeOf(winner, conditional), router: winner?.fact ?? null, conditional, losses };
}

interface Asked {
  winner: Candidate | null;
  conditional: Decision['conditional'];
  /** All that may be asked. */
  order: ReadonlySet<Candidate>;
  asker: Asker;
}

/**
 * The same of a TCP connection without the losses, for whoever asks about many.
 * @param here the routers of its entry point
 */
export function takerOf(connection: Connection, query: Question['query'], here: readonly Candidate[]): Asked {
  const asker = new Asker(connection, query);
  const stages = stagesOf(connection, asker, here);
  const order = new Set(stages.flatMap((stage) => [...stage].sort(precedence)));
  const conditional: Decision['conditional'] = [];
  for (const each of order) {
    const { verdict, dependsOn } = asker.ask(each);
    if (verdict === 'depends') conditional.push({ router: each.fact, dependsOn });
    if (verdict === 'yes') return { winner: each, conditional, order, asker };
  }
  return { winner: null, conditional, order, asker };
}

/**
 * Higher priorities first, then the file's before labels' (`providers.precedence`), then by name so that the answer is
 * one.
 */
function precedence(a: Candidate, b: Candidate): number {
  return (
    b.fact.priority - a.fact.priority ||
    Number(isFile(b)) - Number(isFile(a)) ||
    compareText(a.fact.name, b.fact.name)
  );
}

function isFile({ fact }: Candidate): boolean {
  return nameOf(fact.name, 'file') !== null;
}

function outcomeOf(winner: Candidate | null, conditional: readonly unknown[]): Decision['outcome'] {
  if (winner) return winner.fact.redirects ? 'redirected' : 'served';
  return conditional.length > 0 ? 'depends' : 'unserved';
}

function decideUdp(here: readonly Candidate[]): Decision {
  const [winner, ...others] = [...here].sort(precedence);
  return {
    outcome: winner ? 'served' : 'unserved',
    router: winner?.fact ?? null,
    conditional: [],
    losses: others.map(({ fact }) =>
      loss(fact, 'chance', 'takes the same port, and UDP has nothing to tell them apart'),
    ),
  };
}

/** Asks rules about the connection: HTTP's about the request, TCP's about the name in SNI. */
class Asker {
  private readonly request: RequestFacts;
  /** A client names no address in SNI, and nothing without TLS. */
  readonly serverName: string | null;

  constructor(connection: Connection, query: Question['query']) {
    const { host, tls } = connection;
    this.serverName = !tls || (host !== null && isIP(host) !== 0) ? '' : host;
    // Every HTTP request has a path; a question with a host alone asks for the first page.
    const path = connection.path ?? (host === null ? null : '/');
    this.request = { host, path, query: host === null && connection.path === null ? null : query };
  }

  ask(candidate: Candidate, known: Partial<RequestFacts> = {}): Evaluation {
    // One whose rule nobody knows here is left out, which the answer tells.
    if (candidate.rule === null) return { verdict: 'no', dependsOn: [] };
    const facts =
      candidate.fact.kind === 'tcp' ? { host: this.serverName, path: null, query: null } : this.request;
    return evaluate(candidate.rule, { ...facts, ...known });
  }

  /** Whether everything but the path would be right. */
  failsByPath(candidate: Candidate): boolean {
    return candidate.fact.kind === 'http' && this.ask(candidate, { path: null }).verdict !== 'no';
  }

  /** Whether the host alone is right. */
  matchesHost(candidate: Candidate): boolean {
    return this.ask(candidate, { path: null, query: null }).verdict !== 'no' && candidate.hosts.length > 0;
  }
}

/** The routers that can get the connection, in the groups in which Traefik asks them. */
function stagesOf(connection: Connection, asker: Asker, here: readonly Candidate[]): Candidate[][] {
  const of = (kind: 'http' | 'tcp', tls: boolean): Candidate[] =>
    here.filter(({ fact }) => fact.kind === kind && (fact.tls !== 'none') === tls);
  if (!connection.tls) return [of('tcp', false), of('http', false)];
  const https = of('http', true);
  const tcp = of('tcp', true);
  const { serverName } = asker;
  if (serverName === null) return [https, tcp];
  const named = https.some(({ hosts }) =>
    hosts.some((host) => host !== '*' && hostMatches(serverName, host)),
  );
  if (named) return [https];
  const specific = tcp.filter((each) => !isCatchAll(each));
  const rest = tcp.filter(isCatchAll);
  // An HTTPS router that names no host makes HTTPS take every name that no TCP router does.
  const takesEveryName = https.some(({ hosts }) => hosts.length === 0 || hosts.includes('*'));
  return takesEveryName ? [specific, https] : [specific, rest, https];
}

function isCatchAll({ rule }: Candidate): boolean {
  return rule?.kind === 'matcher' && rule.name === 'HostSNI' && rule.values[0] === '*';
}

/** Why a router that has to do with the connection does not get it; null: it has nothing to do with it. */
function lossOf(
  candidate: Candidate,
  winner: Candidate | null,
  order: ReadonlySet<Candidate>,
  asker: Asker,
  connection: Connection,
): Loss | null {
  const { fact, rule, hasVariable } = candidate;
  if (rule === null && !hasVariable) {
    return loss(
      fact,
      'invalid-rule',
      fact.rule === null ? 'has no rule' : 'has a rule that Traefik cannot read',
    );
  }
  const matches = asker.ask(candidate).verdict;
  if (!order.has(candidate)) {
    if (!asker.matchesHost(candidate) && matches === 'no') return null;
    if (connection.tls && fact.tls === 'none')
      return loss(fact, 'plain-only', 'takes connections without TLS alone');
    if (!connection.tls) return loss(fact, 'tls-only', 'takes TLS alone');
    return loss(
      fact,
      'tls-precedence',
      'is asked too late: another router terminates TLS for this name, and HTTPS comes before TCP',
    );
  }
  if (matches === 'no') {
    if (!asker.matchesHost(candidate)) return null;
    return asker.failsByPath(candidate)
      ? loss(fact, 'path', `has the host, but not the path ${connection.path ?? '/'}`)
      : loss(fact, 'condition', 'has the host, but asks for more that does not hold');
  }
  if (winner === null) return null;
  if (winner.fact.kind !== fact.kind)
    return loss(fact, 'priority', `matches too, but ${winner.fact.kind} routers are asked first`);
  if (winner.fact.redirects && fact.redirects)
    return loss(fact, 'same', 'does the same: it sends plain HTTP on to HTTPS');
  if (precedenceIsChance(winner, candidate)) {
    return loss(
      fact,
      'chance',
      `matches too, with the same priority ${fact.priority}: it is left to chance which one serves`,
    );
  }
  if (winner.fact.priority === fact.priority)
    return loss(fact, 'priority', "matches too, with the same priority: the file's router is asked first");
  return loss(
    fact,
    'priority',
    `matches too, but priority ${fact.priority} is asked after ${winner.fact.priority}`,
  );
}

function precedenceIsChance(a: Candidate, b: Candidate): boolean {
  return a.fact.priority === b.fact.priority && isFile(a) === isFile(b);
}

function loss(router: RouterFact, reason: LossReason, text: string): Loss {
  return { router, reason, text };
}
