import { isActive, type Lookup, type Project, type Settings, type Workspace } from '@itsup/config';
import {
  exposedByDefault,
  dashboardOf,
  defaultResolver,
  isPublicName,
  labelRouters,
  type Lookups,
  type ProjectRouting,
  type TraefikRouter,
} from '@itsup/routing';
import { canonicalName, hostsIn } from '@itsup/traefik';

import { PROXY_STACK } from '../requests';
import { refusalKey, type WantedCertificate } from './model';

/** What says which certificates are wanted. */
export interface WantedSources {
  workspace: Workspace;
  routing: { projects: readonly ProjectRouting[] };
  /** Values of variables; absent: their defaults count. */
  lookups?: Lookups | undefined;
}

/**
 * The certificates that stacks want, the proxy's own dashboard among them.
 * @param stacks null: all that are enabled
 * @param runsOf which services of a stack have containers; undefined: the sources say it
 */
export function wantedOf(
  { workspace, routing, lookups }: WantedSources,
  stacks: readonly string[] | null,
  runsOf: (stack: string) => ((service: string) => boolean) | undefined,
): WantedCertificate[] {
  const chosen = (stack: string): boolean => stacks === null || stacks.includes(stack);
  const projects = workspace.projects.filter(({ name, enabled }) => enabled && chosen(name));
  return [
    ...(chosen(PROXY_STACK) ? wantedByProxy(workspace.settings) : []),
    ...projects.flatMap((project) => {
      const own = routing.projects.find((each) => each.project === project.name);
      const runs = runsOf(project.name);
      const isExposed = exposedByDefault(workspace.settings);
      const options = { lookup: lookups?.(project.name), isExposed, ...(runs && { runs }) };
      return own === undefined ? [] : wantedBy(project, own, options);
    }),
  ];
}

export interface WantedOptions {
  /** Values of the project's variables; absent: their defaults count, and what has none is left out. */
  lookup?: Lookup | undefined;
  /** Traefik reads what no label enables (`exposedByDefault`). */
  isExposed: boolean;
  /** Whether a service has containers; absent: by its profiles alone. */
  runs?: (service: string) => boolean;
}

/**
 * The certificates that the routers of a project ask for, as Traefik does: by `tls.domains`, else by the names in the
 * rule. Each once, however many routers ask for it. A service without a container has no labels that Traefik sees, and
 * so no router; what a file routes is asked for whatever it leads to.
 */
export function wantedBy(
  project: Project,
  routing: ProjectRouting,
  { lookup, isExposed, runs = (service) => isOn(project, service) }: WantedOptions,
): WantedCertificate[] {
  const wanted = new Map<string, WantedCertificate>();
  const add = (router: TraefikRouter, place: WantedCertificate['place']): void => {
    for (const { resolver, names } of ordersOf(router)) {
      if ([resolver, ...names].some((text) => text.includes('$') || text === '')) continue;
      const key = refusalKey({ names, resolver });
      if (!wanted.has(key)) wanted.set(key, { stack: project.name, resolver, names, place });
    }
  };
  for (const route of routing.routes.filter(({ via }) => via === 'file'))
    for (const router of Object.values(route.routers)) add(router, route.place);
  // Rows and the operator's own labels together: of both Traefik reads what wins.
  for (const { name, router, service, place } of labelRouters(project, routing, isExposed, lookup)) {
    const row = routing.routes.find(({ via, routers }) => via === 'labels' && routers[name] !== undefined);
    if (runs(service)) add(router, row?.place ?? place);
  }
  return [...wanted.values()];
}

function isOn({ compose }: Project, name: string): boolean {
  const service = compose?.services.find((each) => each.name === name);
  return service !== undefined && isActive(compose ?? {}, service);
}

/** That of the dashboard. */
export function wantedByProxy(settings: Settings): WantedCertificate[] {
  const host = dashboardOf(settings)?.host;
  if (host === undefined || !isPublicName(host)) return [];
  return [{ stack: PROXY_STACK, resolver: defaultResolver, names: [canonicalName(host)], place: null }];
}

function ordersOf({ tls, rule }: TraefikRouter): { resolver: string; names: string[] }[] {
  const resolver = tls?.certResolver;
  if (resolver === undefined || tls?.passthrough === true) return [];
  const domains = tls?.domains ?? [];
  const sets =
    domains.length > 0 ? domains.map(({ main, sans = [] }) => [main, ...sans]) : [hostsIn(rule ?? '')];
  return sets.flatMap((names) =>
    names.length === 0 ? [] : [{ resolver, names: [...new Set(names.map(canonicalName))] }],
  );
}
