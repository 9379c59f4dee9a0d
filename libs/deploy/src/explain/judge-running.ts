import { compareText, type Problem, type Project, type Workspace } from '@itsup/config';
import type { ContainerSummary } from '@itsup/docker';
import {
  composeProjectName,
  namesHost,
  NETWORK_LABEL,
  resolvedName,
  routeProject,
  routersOf,
  type ConnectionAnswer,
  type Explanation,
  type RouterFact,
  type WorkspaceRouting,
} from '@itsup/routing';

import { PROXY_STACK, type EngineFact } from '../requests';
import type { ServedConfiguration } from '@itsup/traefik';
import { isWell } from '../plan/observe';
import { containerFindings } from './container-findings';
import { routerFindings, routerStateOf } from '../serving/judge-router';
import type { ContainerFact, RunningFacts } from './model';

/** What was seen of the host. */
export interface Observation {
  engine: EngineFact;
  listing: ContainerSummary[];
  /** null: Traefik could not be asked, for this reason. */
  served: { configuration: ServedConfiguration; entryPoints: string[] } | null;
  reason: string | null;
}

/** Holds the model's answer against what runs. */
export function judgeRunning(
  { question, answers }: Explanation,
  workspace: Workspace,
  observation: Observation,
): Omit<RunningFacts, 'certificates'> {
  const { engine, served, reason } = observation;
  const routers = routersIn(answers);
  const { states, containers, findings } = judgeRouters(routers, workspace, observation);
  const facts = { engine, proxy: { answers: served !== null, reason }, routers: states, containers };
  if (!engine.reachable) return { ...facts, findings: [] };
  const doors = answers.map(({ connection }) => connection.entryPoint);
  const all = [
    ...(served === null ? [proxyDown(reason)] : entryPointFindings(doors, served.entryPoints)),
    ...findings,
    ...(served === null ? [] : leftovers(question.host, answers, served.configuration)),
  ];
  return { ...facts, findings: distinct(all) };
}

/**
 * The same of every router of the projects, for whoever looks at the host as a whole: in the same words, each with its
 * project. Empty without an engine.
 */
export function judgeRows(
  workspace: Workspace,
  routing: WorkspaceRouting,
  observation: Observation,
): Problem[] {
  const { engine, served, reason } = observation;
  const enabled = new Set(workspace.projects.filter((project) => project.enabled).map(({ name }) => name));
  const routers = routersOf(workspace, routing).filter(
    ({ target, redirects }) => target.project !== null && enabled.has(target.project) && !redirects,
  );
  if (!engine.reachable || routers.length === 0) return [];
  if (served === null) return [proxyDown(reason)];
  const ports = new Map(routing.entryPoints.map((point) => [point.name, point]));
  const missing = routers.flatMap(({ entryPoints, target: { project }, place }) =>
    entryPointFindings(
      entryPoints.flatMap((name) => ports.get(name) ?? []),
      served.entryPoints,
    ).map((problem) => ({ ...problem, project: project ?? PROXY_STACK, ...(place !== null && { place }) })),
  );
  const { findings } = judgeRouters(routers, workspace, observation);
  return distinct([...missing, ...findings]);
}

/** What Traefik and the engine say of each router. */
function judgeRouters(
  routers: readonly RouterFact[],
  workspace: Workspace,
  { served, listing }: Pick<Observation, 'served' | 'listing'>,
): Pick<RunningFacts, 'containers' | 'findings'> & { states: RunningFacts['routers'] } {
  const states = Object.fromEntries(
    routers.map((router) => [router.name, routerStateOf(router, served?.configuration ?? null)]),
  );
  const containers = containersOf(routers, workspace, listing);
  const findings = routers.flatMap((router) => {
    const network = networkOfTarget(router, workspace);
    const own = containers[keyOf(router)] ?? null;
    const ofContainers = containerFindings(router.target, own, network, profilesOff(router, workspace));
    // A router without a container that serves is missing for that reason alone.
    const found = ofContainers.length > 0 ? ofContainers : routerFindings(router, states[router.name]);
    const { project } = router.target;
    return project === null ? found : found.map((problem) => ({ ...problem, project }));
  });
  return { states, containers, findings };
}

function routersIn(answers: readonly ConnectionAnswer[]): RouterFact[] {
  const all = answers.flatMap(({ router, conditional }) => [
    ...(router ? [router] : []),
    ...conditional.map((each) => each.router),
  ]);
  return [...new Map(all.map((router) => [router.name, router])).values()];
}

function keyOf({ target }: RouterFact): string {
  return `${target.project}:${target.service}`;
}

function containersOf(
  routers: readonly RouterFact[],
  workspace: Workspace,
  listing: readonly ContainerSummary[],
): Record<string, ContainerFact[]> {
  const found: Record<string, ContainerFact[]> = {};
  for (const router of routers) {
    const { project: name, service } = router.target;
    const project = workspace.projects.find((each) => each.name === name);
    if (!project || service === null) continue;
    const projectName = composeProjectName(project);
    const network = networkOf(project, service, workspace);
    found[keyOf(router)] = listing
      .filter(
        ({ compose }) => compose?.project === projectName && compose.service === service && !compose.oneoff,
      )
      .map(({ name: container, state, health, networks }) => ({
        name: container,
        state,
        health,
        isReached: network === null || networks.includes(network),
        isServed: isWell({ state, health }),
      }))
      .sort((a, b) => compareText(a.name, b.name));
  }
  return found;
}

/** Profiles of the service that a router leads to, when none of them is active. */
function profilesOff({ target }: RouterFact, workspace: Workspace): readonly string[] {
  const compose = workspace.projects.find((each) => each.name === target.project)?.compose;
  const profiles = compose?.services.find(({ name }) => name === target.service)?.profiles ?? [];
  const active = compose?.activeProfiles ?? [];
  return profiles.some((profile) => active.includes(profile)) || active.includes('*') ? [] : profiles;
}

function networkOfTarget({ target }: RouterFact, workspace: Workspace): string | null {
  const project = workspace.projects.find((each) => each.name === target.project);
  return project && target.service !== null ? networkOf(project, target.service, workspace) : null;
}

/** The engine's name of the network that the label of a service names; null where it holds a variable. */
function networkOf(project: Project, service: string, { settings }: Workspace): string | null {
  const facts = project.compose?.services.find(({ name }) => name === service);
  const own = Object.entries(facts?.labels ?? {}).find(([key]) => key.toLowerCase() === NETWORK_LABEL)?.[1];
  const added = routeProject(project, settings).additions.find((each) => each.service === service);
  const name = own ?? added?.traefikNetwork ?? null;
  return name === null ? null : resolvedName(name, composeProjectName(project));
}

function proxyDown(reason: string | null): Problem {
  return {
    code: 'proxy-silent',
    severity: 'error',
    message: reason ?? 'the proxy does not run, so nothing answers',
    help: `itsup deploy ${PROXY_STACK}; if it fails: itsup logs ${PROXY_STACK} traefik`,
  };
}

function entryPointFindings(
  doors: readonly { name: string; port: number }[],
  running: readonly string[],
): Problem[] {
  return doors
    .filter(({ name }) => !running.includes(name))
    .map((entryPoint) => ({
      code: 'entry-point-missing',
      severity: 'error',
      message: `the running Traefik does not listen on port ${entryPoint.port} yet (${entryPoint.name})`,
      help: `itsup deploy ${PROXY_STACK}`,
    }));
}

/** Routers of an earlier deploy that name the host, where the sources have none. */
function leftovers(
  host: string | null,
  answers: readonly ConnectionAnswer[],
  configuration: ServedConfiguration,
): Problem[] {
  if (host === null || answers.some(({ outcome }) => outcome !== 'unserved')) return [];
  const names = (['http', 'tcp'] as const).flatMap((kind) =>
    [...configuration[kind].routers].flatMap(
      ([
        name,
        {
          definition: { rule },
        },
      ]) => (typeof rule === 'string' && namesHost(rule, kind, host) ? [name] : []),
    ),
  );
  if (names.length === 0) return [];
  return [
    {
      code: 'served-from-earlier',
      severity: 'note',
      message: `the running Traefik has ${names.sort().join(', ')} for it, from an earlier deploy`,
      help: 'itsup plan shows what a deploy would change',
    },
  ];
}

function distinct(problems: readonly Problem[]): Problem[] {
  return [...new Map(problems.map((problem) => [problem.message, problem])).values()];
}
