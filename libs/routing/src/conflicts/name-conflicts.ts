import type { Route } from '../model';
import { collect } from '../order';
import { compareParties, conflictAt, listed, partyOf, type Conflict, type RoutedProject } from './conflict';

/** Projects whose routes would get one name: Traefik drops both routers when they differ, and mixes the services' servers. */
export function nameConflicts(routed: readonly RoutedProject[]): Conflict[] {
  const byName = new Map<string, Route[]>();
  for (const { routing } of routed)
    for (const route of routing.routes) collect(byName, route.serviceName, route);
  return [...byName].flatMap(([name, routes]) => {
    if (routes.length < 2) return [];
    const parties = routes.map(partyOf).sort(compareParties);
    const at = parties[parties.length - 1];
    if (!at) return [];
    return [
      conflictAt(
        at,
        parties.slice(0, -1),
        {
          code: 'name-conflict',
          message: `${listed(parties.map(({ label }) => label))} would share the router name ${name}`,
          help: 'rename a project or a service',
        },
        ({ label }) => `${label} gets the name here`,
      ),
    ];
  });
}
