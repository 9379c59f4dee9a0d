import { encodeLabels } from '@itsup/traefik';
import type { Route } from '../model';
import { sortRecord } from '../names/order';

/**
 * The labels that a route puts on its container, sorted, values literal (`$` is not escaped for Compose: the artifact
 * does that). A label route carries its routers and middlewares; of a file route the container carries the service
 * alone, which the file's router calls `name@docker`. Nothing for an external host. Which network Traefik comes by is
 * the service's, not a route's: see `traefikNetworkOf`.
 */
export function labelsOf(route: Route): Record<string, string> {
  if (route.servedBy !== 'docker') return {};
  const labels: Record<string, string> = { 'traefik.enable': 'true' };
  const service = `traefik.${route.kind}.services.${route.serviceName}.loadbalancer`;
  labels[`${service}.server.port`] = String(route.port);
  if (route.kind === 'http' && route.scheme !== 'http') labels[`${service}.server.scheme`] = route.scheme;
  Object.assign(labels, encodeLabels(service, route.loadBalancer));
  if (route.via === 'labels') {
    for (const [name, router] of Object.entries(route.routers))
      Object.assign(labels, encodeLabels(`traefik.${route.kind}.routers.${name}`, router));
    for (const [name, middleware] of Object.entries(route.middlewares))
      Object.assign(labels, encodeLabels(`traefik.${route.kind}.middlewares.${name}`, middleware));
  }
  return sortRecord(labels);
}
