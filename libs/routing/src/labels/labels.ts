import type { Route, TraefikRouter } from '../model';
import { sortRecord } from '../names/order';

/**
 * The labels that a route puts on its container, sorted, values literal (`$` is not escaped for Compose: the artifact
 * does that). A label route carries its routers and middlewares; of a file route the container carries the service
 * alone, which the file's router calls `name@docker`. Nothing for an external host. Which network Traefik comes by is the
 * service's, not a route's: see `traefikNetworkOf`.
 */
export function labelsOf(route: Route): Record<string, string> {
  if (route.servedBy !== 'docker') return {};
  const labels: Record<string, string> = { 'traefik.enable': 'true' };
  const service = `traefik.${route.kind}.services.${route.serviceName}.loadbalancer`;
  labels[`${service}.server.port`] = String(route.port);
  if (route.kind === 'http' && route.scheme !== 'http') labels[`${service}.server.scheme`] = route.scheme;
  flatten(service, route.loadBalancer, labels);
  if (route.via === 'labels') {
    for (const [name, router] of Object.entries(route.routers)) {
      flatten(`traefik.${route.kind}.routers.${name}`, withTls(router), labels);
    }
    for (const [name, middleware] of Object.entries(route.middlewares)) {
      flatten(`traefik.${route.kind}.middlewares.${name}`, middleware, labels);
    }
  }
  return sortRecord(labels);
}

/** Traefik ignores `tls` as an empty object in labels; `tls=true` says the same. */
function withTls(router: TraefikRouter): object {
  return router.tls && Object.keys(router.tls).length === 0 ? { ...router, tls: true } : router;
}

/** Lists of texts are joined by commas, lists of objects numbered, keys lower case, as Traefik reads labels. */
function flatten(prefix: string, value: unknown, labels: Record<string, string>): void {
  if (Array.isArray(value)) {
    if (value.every((item) => typeof item !== 'object')) labels[prefix] = value.join(',');
    else value.forEach((item, index) => flatten(`${prefix}[${index}]`, item, labels));
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, item] of Object.entries(value))
      flatten(`${prefix}.${labelKey(prefix, key)}`, item, labels);
  } else if (value !== undefined) {
    labels[prefix] = String(value);
  }
}

/** Names of headers keep their case; fields of Traefik have none. */
function labelKey(prefix: string, key: string): string {
  return /\.custom(request|response)headers$/.test(prefix) ? key : key.toLowerCase();
}
