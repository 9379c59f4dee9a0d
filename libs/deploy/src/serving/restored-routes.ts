import type { Place } from '@itsup/config';
import type { ComposeModel } from '@itsup/docker';
import { routersInLabels, type Route } from '@itsup/routing';
import { labelFields } from '@itsup/traefik';

/** What is asked of a row: all that the labels of an earlier deploy tell of it. */
export type AskedRoute = Pick<
  Route,
  'project' | 'service' | 'host' | 'kind' | 'via' | 'place' | 'port' | 'routers'
>;

/**
 * The rows of an earlier deploy, from the labels that its containers have: names, paths and ports may have been others,
 * and there may have been rows that today's sources know nothing of. Pure.
 *
 * @param routes of today's sources, which tell at which line a row stands
 * @param model of the Compose files that were restored
 * @param isExposed Traefik reads what no label enables (`exposedByDefault`)
 */
export function restoredRoutes(
  stack: string,
  routes: readonly Route[],
  { services }: Pick<ComposeModel, 'services'>,
  isExposed: boolean,
): AskedRoute[] {
  const found = new Map<string, AskedRoute>();
  for (const [service, { labels = {} }] of Object.entries(services)) {
    const own = Object.fromEntries(Object.entries(labels).map(([key, value]) => [key, asWritten(value)]));
    for (const { name, kind, router, redirects } of routersInLabels(service, own, isExposed)) {
      if (redirects) continue;
      const key = `${kind} ${service} ${router.service}`;
      const known = found.get(key);
      if (known === undefined)
        found.set(key, {
          ...{ project: stack, service, host: null, kind, via: 'labels' },
          place: placeOf(stack, routes, name),
          port: portOf(own, kind, router.service),
          routers: { [name]: router },
        });
      else known.routers[name] = router;
    }
  }
  return [...found.values()];
}

/** `docker compose config` doubles each `$`, so that its output may be read as a file again. */
function asWritten(text: string): string {
  return text.replaceAll('$$', '$');
}

/** The line of the row as it stands today, or the file where it stood. */
function placeOf(stack: string, routes: readonly Route[], router: string): Place {
  const today = routes.find(({ routers }) => Object.hasOwn(routers, router));
  return today?.place ?? { file: `projects/${stack}/ingress.yml`, line: 1, column: 1 };
}

/** 0: Traefik takes the container's only port. */
function portOf(labels: Readonly<Record<string, string>>, kind: Route['kind'], service: string): number {
  const port = labelFields(labels).find(
    ({ kind: part, protocol, name, field }) =>
      part === 'services' && protocol === kind && name === service && field === 'loadbalancer.server.port',
  );
  return Number(port?.value ?? 0);
}
