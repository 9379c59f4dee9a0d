import type { IngressRow } from '@itsup/config';
import { qualified } from '@itsup/traefik';
import { isIP } from 'node:net';
import type { Route } from '../model';
import type { RowContext } from './context';

/** What routes of all kinds share. A kind fills in its routers, middlewares and load balancer. */
export function routeBase(
  row: IngressRow,
  name: string,
  kind: Route['kind'],
  via: Route['via'],
  context: RowContext,
): Route {
  const { project } = context;
  const external = project.kind === 'external';
  return {
    project: project.name,
    service: external ? null : row.service,
    host: external ? project.host : null,
    kind,
    via,
    place: row.place,
    port: row.port,
    domains: domainsOf(row),
    pathPrefix: row.pathPrefix,
    hostport: row.hostport,
    serviceName: name,
    servedBy: external ? 'file' : 'docker',
    routers: {},
    loadBalancer: {},
    servers: external && project.host !== null ? [serverOf(project.host, row, kind)] : [],
    scheme: kind === 'http' ? row.scheme : 'http',
    middlewares: {},
    serversTransports: {},
  };
}

/** Host names have no case; Traefik lowers them as well. The first one stays the certificate's main name. */
export function domainsOf(row: IngressRow): string[] {
  return [...new Set(row.domains.map((domain) => domain.toLowerCase()))];
}

/** How a router names the route's service: qualified when it stands in a file and the container's label defines it. */
export function serviceReference(route: Route): string {
  return route.via === 'file' && route.servedBy === 'docker'
    ? qualified(route.serviceName, 'docker')
    : route.serviceName;
}

function serverOf(host: string, row: IngressRow, kind: Route['kind']): Route['servers'][number] {
  const address = `${isIP(host) === 6 ? `[${host}]` : host}:${row.port}`;
  return kind === 'http' ? { url: `${row.scheme}://${address}` } : { address };
}
