import type { EntryPoint, Route, WorkspaceRouting } from '../model';
import { compareText } from '../names/order';

/** The entry points that hostports ask for, sorted by name; one for all routes that share it. */
export function askedEntryPoints(routes: readonly Route[]): EntryPoint[] {
  const byName = new Map<string, EntryPoint>();
  for (const { kind, hostport } of routes) {
    if (hostport === null) continue;
    const name = `${kind}-${hostport}`;
    byName.set(name, { name, port: hostport, protocol: kind === 'udp' ? 'udp' : 'tcp', kind });
  }
  return [...byName.values()].sort((a, b) => compareText(a.name, b.name));
}

/**
 * Does a project answer HTTP-01 challenges itself? A route on plain HTTP that is no redirect does nothing else. Then
 * Traefik's own router for challenges stands behind the projects' (`allowACMEByPass`).
 */
export function answersChallenges(routing: WorkspaceRouting): boolean {
  return routing.projects.some(({ routes }) =>
    routes.some(
      (route) => route.kind === 'http' && route.routers[route.serviceName]?.entryPoints.includes('web'),
    ),
  );
}
