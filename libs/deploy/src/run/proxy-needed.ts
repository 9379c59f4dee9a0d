import path from 'node:path';

import type { Problem } from '@itsup/config';
import { treeOfText, entryPointsOf, subtree, type Tree } from '@itsup/traefik';
import type { Route, WorkspaceRouting } from '@itsup/routing';

import type { DeployContext } from '../context';
import type { ObservedContainer } from '../plan/model';
import type { EngineAnswer } from '../engine/list-engine';
import { byProject, observe } from '../plan/observe';
import { STATIC_FILE, type PublishedFile } from '../publish/published-file';
import { TRAEFIK, PROXY_STACK, type PlanRequest } from '../requests';
import { readFileOrNull } from '../state/atomic-file';
import { readsOtherFiles, type StateInUse } from '../proxy/state-in-use';

/** What is decided on: the proxy as it runs, beside what routes ask of it. */
export interface ProxyFacts {
  /** Routes of the stacks that are deployed; none: they need no proxy. */
  routes: readonly Pick<Route, 'routers'>[];
  /** Containers of the proxy's stack. */
  containers: readonly Pick<ObservedContainer, 'service' | 'state'>[];
  inUse: StateInUse;
  /** Texts of Traefik's static configuration, as it is published and as it is to be; null: there is none. */
  present: string | null;
  desired: string | null;
}

/** Why stacks cannot be deployed without the proxy, in words; null: it serves their routes as it runs. Pure. */
export function whyProxyIsNeeded(facts: ProxyFacts): string | null {
  const { routes, containers, inUse } = facts;
  if (routes.length === 0) return null;
  if (!containers.some(({ service, state }) => service === TRAEFIK && state === 'running'))
    return 'Traefik does not run';
  if (readsOtherFiles(inUse)) return 'Traefik reads another folder than the one that is published to';
  if (facts.present !== null && facts.present === facts.desired) return null;
  const present = treeOfText(facts.present ?? '');
  const desired = treeOfText(facts.desired ?? '');
  const listens = new Set(entryPointsOf(present).map(({ name }) => name));
  const routers = routes.flatMap((route) => Object.values(route.routers));
  const wanted = new Set(routers.flatMap(({ entryPoints }) => entryPoints));
  const ports = entryPointsOf(desired).filter(({ name }) => wanted.has(name) && !listens.has(name));
  if (ports.length > 0)
    return `Traefik does not listen on ${ports.map(({ port, protocol }) => `${port}/${protocol}`).join(', ')} yet`;
  const resolvers = new Set(routers.flatMap(({ tls }) => tls?.certResolver ?? []));
  const missing = resolversOf(desired).find(
    (name) => resolvers.has(name) && !resolversOf(present).includes(name),
  );
  return missing === undefined ? null : `Traefik does not have the certificate resolver ${missing} yet`;
}

/**
 * Projects with a port that Traefik does not listen on as it runs: without the proxy that brings it their deploy could
 * only end in an error, with what served replaced for nothing. Pure.
 *
 * @param present text of Traefik's static configuration, as it is published; null: there is none, and nothing serves
 */
export function unheardProjects(
  present: string | null,
  projects: readonly { project: string; routes: readonly Pick<Route, 'routers'>[] }[],
): Set<string> {
  if (present === null) return new Set();
  const listens = new Set(entryPointsOf(treeOfText(present)).map(({ name }) => name));
  const isUnheard = ({ routers }: Pick<Route, 'routers'>): boolean =>
    Object.values(routers).some(({ entryPoints }) => entryPoints.some((name) => !listens.has(name)));
  return new Set(projects.filter(({ routes }) => routes.some(isUnheard)).map(({ project }) => project));
}

/** Why the stacks that are asked for cannot go without the proxy, which is not asked for; null: they can. */
export async function whyProxyAlong(
  { state }: DeployContext,
  { request, routing, broken, engine, inUse, files }: Asked,
): Promise<string | null> {
  const { stacks, bringsProxy = false, workspace } = request;
  if (!bringsProxy || stacks === undefined || stacks.includes(PROXY_STACK) || !engine.fact.reachable)
    return null;
  const enabled = new Set(workspace.projects.filter((project) => project.enabled).map(({ name }) => name));
  const asked = stacks.filter((stack) => enabled.has(stack) && !broken.has(stack));
  const observed = byProject(observe(engine.listing));
  return whyProxyIsNeeded({
    routes: routing.projects.filter(({ project }) => asked.includes(project)).flatMap(({ routes }) => routes),
    containers: observed.get(PROXY_STACK) ?? [],
    inUse,
    present: await readFileOrNull(path.join(state.dir, STATIC_FILE)),
    desired: files.find((file) => file.path === STATIC_FILE)?.text ?? null,
  });
}

interface Asked {
  request: PlanRequest;
  routing: WorkspaceRouting;
  broken: ReadonlyMap<string, Problem[]>;
  engine: EngineAnswer;
  inUse: StateInUse;
  files: readonly PublishedFile[];
}

function resolversOf(tree: Tree): string[] {
  return Object.keys(subtree(tree, 'certificatesResolvers'));
}
