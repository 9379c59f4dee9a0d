import type { Workspace } from '@itsup/config';
import { isPublicName, proxynetOf, routeWorkspace } from '@itsup/routing';

import type { WantedFacts } from '../facts';

/** What the configuration wants of the host. Pure. */
export function wantedFacts(workspace: Workspace, hasEmail: boolean): WantedFacts {
  const { settings } = workspace;
  const routing = routeWorkspace(workspace);
  const routes = routing.projects.flatMap((project) => project.routes);
  const dashboard = settings.traefikDomain === null ? [] : [settings.traefikDomain];
  const certified = routes
    .flatMap((route) => Object.values(route.routers))
    .flatMap(({ tls }) =>
      tls?.certResolver === undefined
        ? []
        : (tls.domains ?? []).flatMap(({ main, sans = [] }) => [main, ...sans]),
    );
  return {
    honeypot: settings.dns.enabled,
    proxynet: proxynetOf(settings),
    ports: [
      { port: settings.entryPoints.web, protocol: 'tcp', entryPoint: 'web' },
      { port: settings.entryPoints.webSecure, protocol: 'tcp', entryPoint: 'web-secure' },
      ...routing.entryPoints.map(({ port, protocol, name }) => ({ port, protocol, entryPoint: name })),
    ],
    domains: distinct([...routes.flatMap((route) => route.domains), ...dashboard].filter(isLookedUp)),
    certified: distinct([...certified, ...dashboard.filter(isPublicName)]),
    hasEmail,
  };
}

function isLookedUp(domain: string): boolean {
  return isPublicName(domain) && !domain.includes('*');
}

function distinct(names: string[]): string[] {
  return [...new Set(names)].sort();
}
