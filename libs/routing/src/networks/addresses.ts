import type { Settings } from '@itsup/config';
import type { Route, WorkspaceRouting } from '../model';
import { compareText } from '../names/order';
import { isPublicName } from '../names/public-names';

const HTTPS = 443;

/** Where a person reaches what a project serves. */
export interface ProjectAddress {
  project: string;
  /** `https://app.example.com/api`, or `TCP port 5432` where a browser is no help. */
  address: string;
}

/**
 * What can be opened once everything is deployed, each address once; sorted by project, in the order of its routes. A
 * public name is reached through the router in front of the host, on the standard port; any other, as `app.localhost`,
 * on the entry point's own. Wildcards and raw rules name nothing that can be opened.
 */
export function addressesOf(
  routing: Pick<WorkspaceRouting, 'projects'>,
  settings: Pick<Settings, 'entryPoints'>,
): ProjectAddress[] {
  const found = routing.projects.flatMap(({ project, routes }) =>
    routes.flatMap((route) => addressesOfRoute(route, settings).map((address) => ({ project, address }))),
  );
  const distinct = new Map(found.map((each) => [`${each.project} ${each.address}`, each]));
  return [...distinct.values()].sort((a, b) => compareText(a.project, b.project));
}

function addressesOfRoute(route: Route, { entryPoints }: Pick<Settings, 'entryPoints'>): string[] {
  if (route.kind !== 'http') {
    return route.hostport === null ? [] : [`${route.kind.toUpperCase()} port ${route.hostport}`];
  }
  const secure = Object.values(route.routers).some(({ tls }) => tls !== undefined);
  return route.domains
    .filter((domain) => !domain.startsWith('*'))
    .map((domain) => {
      const port = route.hostport ?? (isPublicName(domain) ? HTTPS : entryPoints.webSecure);
      const shown = secure && port === HTTPS ? '' : `:${port}`;
      return `${secure ? 'https' : 'http'}://${domain}${shown}${route.pathPrefix ?? ''}`;
    });
}
