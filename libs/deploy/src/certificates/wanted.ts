import type { Project, Settings } from '@itsup/config';
import {
  dashboardOf,
  defaultResolver,
  isPublicName,
  labelRouters,
  type ProjectRouting,
  type TraefikRouter,
} from '@itsup/routing';
import { canonicalName, hostsIn } from '@itsup/traefik';

import { PROXY_STACK } from '../requests';
import { orderKey, type WantedCertificate } from './model';

/**
 * The certificates that the routers of a project ask for, as Traefik does: by `tls.domains`, else by the names in the
 * rule. What variables decide is left out. Each once, however many routers ask for it.
 */
export function wantedBy(project: Project, routing: ProjectRouting): WantedCertificate[] {
  const wanted = new Map<string, WantedCertificate>();
  const add = (router: TraefikRouter, place: WantedCertificate['place']): void => {
    for (const { resolver, names } of ordersOf(router)) {
      if (names.some((name) => name.includes('$') || name === '')) continue;
      const key = `${resolver} ${orderKey(names)}`;
      if (!wanted.has(key)) wanted.set(key, { stack: project.name, resolver, names, place });
    }
  };
  for (const route of routing.routes)
    for (const router of Object.values(route.routers)) add(router, route.place);
  for (const { router, isWritten, place } of labelRouters(project, routing))
    if (isWritten) add(router, place);
  return [...wanted.values()];
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
  const sets = tls?.domains?.map(({ main, sans = [] }) => [main, ...sans]) ?? [hostsIn(rule ?? '')];
  return sets.flatMap((names) =>
    names.length === 0 ? [] : [{ resolver, names: [...new Set(names.map(canonicalName))] }],
  );
}
