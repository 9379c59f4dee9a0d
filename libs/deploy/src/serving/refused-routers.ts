import type { Place, Problem, Project } from '@itsup/config';
import type { Route, WorkspaceRouting } from '@itsup/routing';
import { checkLabels, createTraefikApi, TraefikApiError, type ServedConfiguration } from '@itsup/traefik';

import { getText } from '../proxy/network-probes';
import type { DeployContext } from '../context';
import { proxyAccess } from '../proxy/proxy-access';
import type { Observed } from '../plan/observe';
import { isUp } from '@itsup/rollout';
import type { Run } from '../run/run';
import type { StackSpec } from '../stack/stack-spec';

/** Routers of a stack by Traefik's name for them, with where they come from. */
type OwnRouters = ReadonlyMap<string, Place | null>;

/**
 * Routers of the stack that Traefik refuses: what they were to serve is answered with 404, whatever else runs. One
 * cheap question where there is none. A Traefik that does not answer is told of elsewhere.
 */
export async function refusedRouters(run: Run, spec: StackSpec, observed: Observed): Promise<Problem[]> {
  const { project, stack } = spec;
  if (project === null) return [];
  return firstRefusal(run.context, observed, (served) =>
    problemsIn(served, ownRouters(run.routing, project), stack),
  );
}

/** What is found in the first instance that refuses something; empty: nothing, or none answers. */
async function firstRefusal(
  { state, docker }: Pick<DeployContext, 'docker' | 'state'>,
  observed: Observed,
  find: (served: ServedConfiguration) => Problem[],
): Promise<Problem[]> {
  const proxy = await proxyAccess(state, observed, docker);
  if (proxy === null) return [];
  try {
    for (const address of await proxy.apis()) {
      const api = createTraefikApi(address, getText, proxy.apiSecret);
      if (!(await api.refusesRouters())) continue;
      const problems = find(await api.rawData());
      if (problems.length > 0) return problems;
    }
  } catch (error) {
    if (!(error instanceof TraefikApiError)) throw error;
  }
  return [];
}

/** The stack's routers among those that are not served. */
export function problemsIn(served: ServedConfiguration, own: OwnRouters, stack: string): Problem[] {
  return (['http', 'tcp', 'udp'] as const).flatMap((protocol) =>
    [...served[protocol].routers].flatMap(([name, router]): Problem[] => {
      const place = own.get(`${protocol} ${name}`);
      if (place === undefined || isUp(router)) return [];
      return [
        {
          code: 'router-refused',
          severity: 'error',
          project: stack,
          message: `Traefik refuses the router ${name}: ${router.errors.join('; ') || router.status}`,
          help: 'what it was to serve is answered with 404; correct it and deploy again',
          ...(place !== null && { place }),
        },
      ];
    }),
  );
}

function ownRouters(routing: WorkspaceRouting, project: Project): OwnRouters {
  const own = new Map<string, Place | null>();
  const routes = routing.projects.find((each) => each.project === project.name)?.routes ?? [];
  for (const route of routes) for (const name of namesOf(route)) own.set(name, route.place);
  for (const service of project.compose?.services ?? []) {
    const { defined } = checkLabels(service.labels, {
      suggest: () => undefined,
      regexFlaw: () => null,
      ruleFlaw: () => null,
    });
    for (const object of defined) {
      const [protocol = '', kind, ...name] = object.split('.');
      if (kind === 'routers') own.set(`${protocol} ${name.join('.')}@docker`, service.place);
    }
  }
  return own;
}

function namesOf(route: Route): string[] {
  const provider = route.via === 'labels' ? 'docker' : 'file';
  return Object.keys(route.routers).map((name) => `${route.kind} ${name}@${provider}`);
}
