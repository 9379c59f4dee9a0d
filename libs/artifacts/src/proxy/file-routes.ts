import type { RouterKind, Settings } from '@itsup/config';
import { dashboardRouters, type Route, type TraefikRouter, type WorkspaceRouting } from '@itsup/routing';

/** A section of Traefik's dynamic configuration; each list sorted by name. */
export interface FileSection {
  routers: [string, TraefikRouter][];
  /** Services of external hosts: Traefik's `loadBalancer` with its servers. */
  services: [string, Record<string, unknown>][];
  middlewares: [string, Record<string, unknown>][];
  serversTransports: [string, Record<string, unknown>][];
}

/**
 * What the file provider serves of one kind: static routers, and the definitions that they refer to. A service that
 * containers provide is not among them: its router names `name@docker`, so it follows its containers.
 */
export function fileRoutes(kind: RouterKind, routing: WorkspaceRouting, settings: Settings): FileSection {
  const routes = routing.projects
    .flatMap((project) => project.routes)
    .filter((route) => route.kind === kind && route.via === 'file');
  return {
    routers: byName([
      ...routes.flatMap((route) => Object.entries(route.routers)),
      ...(kind === 'http' ? dashboardRouters(settings) : []),
      ...(kind === 'tcp' && settings.crowdsec.enabled ? crowdsecFallback.routers : []),
    ]).map(([name, router]) => [name, withResolver(router, settings)]),
    services: byName([
      ...routes.filter(({ servedBy }) => servedBy === 'file').map(serviceOf),
      ...(kind === 'tcp' && settings.crowdsec.enabled ? crowdsecFallback.services : []),
    ]),
    middlewares: byName(routes.flatMap((route) => Object.entries(route.middlewares))),
    serversTransports: byName(routes.flatMap((route) => Object.entries(route.serversTransports))),
  };
}

/**
 * While no CrowdSec is healthy, connections to its addresses are closed (nothing listens on the discard port): the
 * plugin takes that for unreachable and lets requests through. To any answer but 200 and 500, Traefik's own 404
 * included, it replies by refusing every request.
 */
const crowdsecFallback = {
  routers: [
    [
      'crowdsec-unavailable',
      {
        rule: 'HostSNI(`*`)',
        entryPoints: ['crowdsec-lapi', 'crowdsec-appsec'],
        service: 'crowdsec-unavailable',
        priority: 1,
      },
    ],
  ] satisfies [string, TraefikRouter][],
  services: [['crowdsec-unavailable', { servers: [{ address: '127.0.0.1:9' }] }]] satisfies [
    string,
    Record<string, unknown>,
  ][],
};

/** Also drops repeated names: routes share definitions such as a PROXY protocol transport. */
function byName<T>(entries: [string, T][]): [string, T][] {
  return [...new Map(entries)].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}

function serviceOf({ serviceName, loadBalancer, servers }: Route): [string, Record<string, unknown>] {
  return [serviceName, { ...loadBalancer, servers }];
}

/** Without an e-mail there is no resolver, and Traefik refuses a router that names one it does not know. */
function withResolver(router: TraefikRouter, settings: Settings): TraefikRouter {
  if (router.tls?.certResolver === undefined || settings.letsEncrypt.email !== null) return router;
  const { certResolver, ...tls } = router.tls;
  void certResolver;
  return { ...router, tls };
}
