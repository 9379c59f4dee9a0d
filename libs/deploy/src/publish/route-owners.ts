import type { WorkspaceRouting } from '@itsup/routing';

import { entryKey } from './entries';

/** Whose deploy an object of a dynamic file comes and goes with. */
export interface Owner {
  stack: string;
  /** null: an external host's. */
  service: string | null;
}

/**
 * Owners of what ingress rows define in files; everything else there is the proxy's own. So are transports: all rows
 * that speak one version of the PROXY protocol share one, which comes before the first of them and stays for the last.
 */
export function routeOwners(routing: WorkspaceRouting): Map<string, Owner> {
  const owners = new Map<string, Owner>();
  for (const route of routing.projects.flatMap((project) => project.routes)) {
    const owner = { stack: route.project, service: route.service };
    const add = (kind: string, names: string[]): void => {
      for (const name of names) owners.set(entryKey(route.kind, kind, name), owner);
    };
    add('routers', Object.keys(route.routers));
    add('middlewares', Object.keys(route.middlewares));
    add('services', [route.serviceName]);
  }
  return owners;
}
