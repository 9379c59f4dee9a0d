import type { Problem } from '@itsup/config';
import type { ComposeModel } from '@itsup/docker';
import {
  createTraefikApi,
  entryPointsOf,
  subtree,
  TraefikApiError,
  type ServedConfiguration,
} from '@itsup/traefik';
import { exposedByDefault, routersOf, type RouterFact } from '@itsup/routing';

import { getText } from '../proxy/network-probes';
import { routerFindings, routerStateOf } from './judge-router';
import { readMaintenance } from '../maintenance/standing';
import type { Observed } from '../plan/observe';
import { proxyAccess } from '../proxy/proxy-access';
import type { Run } from '../run/run';
import type { StackSpec } from '../stack/stack-spec';
import { forEachBounded } from '../for-each-bounded';
import type { AskRow, RowAnswer } from './ask-row';
import { questionsOf, type RowQuestion } from './questions';
import { restoredRoutes, type AskedRoute } from './restored-routes';
import { verdictOn, type RowTarget } from './verdict';

/**
 * How long what was just deployed may take to serve: Traefik has to notice it, and a service without a health check to
 * start.
 */
export const NEW_MS = 30_000;
/** How long what did not serve before gets. */
export const OLD_MS = 2_000;
const INTERVAL_MS = 500;
const PARALLEL = 8;

/**
 * Asks for every row of a stack through the running Traefik, again and again until all are served or the time is up.
 * @param restored what an earlier deploy had, after a rollback to it: its rows are asked for, not those of the sources
 * @returns what is not served and is not for the service to answer for, a host that is switched off as a warning;
 * empty: all is well, or there is nothing to ask
 */
export async function unservedRows(
  run: Run,
  spec: StackSpec,
  observed: Observed,
  limitMs: number,
  restored: Pick<ComposeModel, 'services'> | null = null,
): Promise<Problem[]> {
  const { ask, system, signal, reporter } = run.context;
  const written = run.routing.projects.find(({ project }) => project === spec.stack)?.routes ?? [];
  const isExposed = exposedByDefault(run.request.workspace.settings);
  const all: AskedRoute[] =
    restored === null ? written : restoredRoutes(spec.stack, written, restored, isExposed);
  // Of a service that is not started (its profile is off, no replica is wanted) `validate` warns: nothing is to serve.
  const started = run.deployed.get(spec.stack)?.services ?? {};
  const isShownPage = all.length > 0 && (await readMaintenance(run.context.state, spec.stack)) !== null;
  const routes = all.filter(
    ({ kind, service }) =>
      // Where the maintenance page answers, no answer says anything of the service.
      !(isShownPage && kind === 'http') && (service === null || (started[service]?.replicas ?? 0) > 0),
  );
  if (ask === undefined || spec.project === null || routes.length === 0) return [];
  const until = system.now() + limitMs;
  const passed = new Set<string>();
  for (;;) {
    const { problems, isFinal } = await look(run, spec, observed, {
      routes,
      passed,
      isRestored: restored !== null,
    });
    const isOver = isFinal || !problems.some(({ severity }) => severity === 'error') || system.now() >= until;
    if (isOver || signal?.aborted) return problems;
    reporter.status?.(spec.stack, `waits for its rows to be served (at most ${limitMs / 1000} s)`);
    await system.sleep(INTERVAL_MS, signal);
  }
}

/** `isFinal`: the proxy comes before the stacks, so one that does not run now will not by waiting. */
async function look(
  run: Run,
  spec: StackSpec,
  observed: Observed,
  { routes, passed, isRestored }: { routes: readonly AskedRoute[]; passed: Set<string>; isRestored: boolean },
): Promise<{ problems: Problem[]; isFinal: boolean }> {
  const { state, docker, ask } = run.context;
  const access = await proxyAccess(state, observed, docker);
  const [address] = (await access?.apis()) ?? [];
  if (access === null || address === undefined || ask === undefined)
    return {
      problems: [silent(spec, 'the proxy does not run, so nothing answers')],
      isFinal: access === null,
    };
  const api = createTraefikApi(address, getText, access.apiSecret);
  const served = await api.rawData().catch((error: unknown) => {
    if (error instanceof TraefikApiError) return error.message;
    throw error;
  });
  if (typeof served === 'string') return { problems: [silent(spec, served)], isFinal: false };
  const entryPoints = entryPointsOf(access.staticConfiguration);
  const marksAnswers = JSON.stringify(subtree(access.staticConfiguration, 'entryPoints')).includes(
    'default-headers@file',
  );
  const facts = new Map(routersOf(run.request.workspace, run.routing).map((fact) => [fact.name, fact]));
  const problems: Problem[] = [];
  await forEachBounded(routes, PARALLEL, async (route) => {
    const own = ownRouter(route, facts, isRestored);
    const found = own === undefined ? [] : routerFindings(own, routerStateOf(own, served));
    if (found.length > 0) {
      problems.push(...found.map((problem) => ({ ...problem, project: spec.stack, place: route.place })));
      return;
    }
    problems.push(...(await askRoute(route, { ask, served, entryPoints, marksAnswers, passed, own })));
  });
  return { problems, isFinal: false };
}

interface Asking {
  ask: AskRow;
  served: ServedConfiguration;
  entryPoints: ReturnType<typeof entryPointsOf>;
  marksAnswers: boolean;
  /** Texts of questions that were answered well. */
  passed: Set<string>;
  own: RouterFact | undefined;
}

async function askRoute(
  route: AskedRoute,
  { ask, served, entryPoints, marksAnswers, passed, own }: Asking,
): Promise<Problem[]> {
  const target = targetOf(route);
  const { missing, questions } = questionsOf(route, entryPoints);
  const problems = missing.map((name): Problem => ({
    ...{ code: 'entry-point-missing', severity: 'error', project: route.project, place: route.place },
    message: `the running Traefik does not listen at ${name} yet`,
    help: 'itsup deploy proxy',
  }));
  for (const question of questions) {
    if (passed.has(question.text)) continue;
    const answer = await ask(question);
    const problem =
      verdictOn(question, answer, target, marksAnswers) ??
      (await behind(question, answer, route, { ask, served, own }));
    if (problem === null) passed.add(question.text);
    else problems.push(await unlessAbsent(problem, question, route, ask));
  }
  return problems;
}

/** A host outside Docker may be switched off: only one that is there and refuses is a fault of its row. */
async function unlessAbsent(
  problem: Problem,
  question: RowQuestion,
  { host, port }: AskedRoute,
  ask: AskRow,
): Promise<Problem> {
  if (host === null || port === null) return problem;
  const { kind } = await ask({ ...question, kind: 'tcp', address: host, port });
  if (kind !== 'silent') return problem;
  const help = `${host} does not answer at all: is it on, and the right address? The row serves as soon as it is there`;
  return { ...problem, severity: 'warning', help };
}

/** An open port of Traefik's says nothing of what it leads to: that is connected to by its own address. */
async function behind(
  question: RowQuestion,
  answer: RowAnswer,
  route: AskedRoute,
  { ask, served, own }: Pick<Asking, 'ask' | 'served' | 'own'>,
): Promise<Problem | null> {
  if (answer.kind !== 'open' || own === undefined) return null;
  const balancer = served[own.kind].services.get(own.service)?.definition['loadBalancer'];
  const servers = (balancer as { servers?: { address?: string; url?: string }[] } | undefined)?.servers ?? [];
  const answers: RowAnswer[] = [];
  for (const { address, url } of servers) {
    const at = new URL(url ?? `tcp://${address ?? ''}`);
    const port = Number(at.port) || (at.protocol === 'https:' ? 443 : 80);
    answers.push(await ask({ ...question, kind: 'tcp', address: at.hostname.replace(/^\[|\]$/g, ''), port }));
  }
  if (answers.length === 0 || answers.some(({ kind }) => kind !== 'refused')) return null;
  const { stack, what, port, look } = targetOf(route);
  return {
    ...{ code: 'row-not-served', severity: 'error', project: stack, place: question.place },
    message: `${question.text} leads to ${what}, where nothing answers at port ${port}`,
    help: `is it the port that it listens on, and not on 127.0.0.1 alone? ${look}`,
  };
}

/** The router that leads to the row's service, with the rule that the row has, or had. */
function ownRouter(
  { via, routers }: AskedRoute,
  facts: ReadonlyMap<string, RouterFact>,
  isRestored: boolean,
): RouterFact | undefined {
  const provider = via === 'labels' ? 'docker' : 'file';
  for (const [name, { rule }] of Object.entries(routers)) {
    const fact = facts.get(`${name}@${provider}`);
    if (fact !== undefined && !fact.redirects)
      return isRestored ? { ...fact, rule: fact.kind === 'udp' ? null : (rule ?? null) } : fact;
  }
  return undefined;
}

function targetOf({ project, service, host, port }: AskedRoute): RowTarget {
  const what = host === null ? `${service} of ${project}` : host;
  const look = host === null ? `itsup logs ${project} ${service}` : `does ${host} run, and let this host in?`;
  return { stack: project, what, port, look };
}

function silent(spec: StackSpec, message: string): Problem {
  return {
    ...{ code: 'proxy-silent', severity: 'error', project: spec.stack, message },
    help: 'itsup deploy proxy; if it fails: itsup logs proxy traefik',
  };
}
