import { answersAcme, type IngressRow } from '@itsup/config';
import { qualified } from '@itsup/traefik';
import { middlewareNames } from '../labels/middlewares';
import type { Route, TraefikRouter } from '../model';
import { httpRule } from '../rule/text';
import { certificateOf } from './certificate';
import { report, type RowContext } from './context';
import { namedMiddlewares } from './names-of-middlewares';
import { noEncodedSlashes, refusesEncodedSlashes } from './path-boundary';
import { routeBase, serviceReference } from './route-base';

/**
 * The priority of a redirect to HTTPS: below every other router on `web`, whatever the length of its rule. Traefik's
 * own answer to HTTP-01 challenges is such a router, and a redirect with a longer rule would take its requests.
 */
const redirectPriority = 1;

/** Turns a checked http row into its route; null, with problems reported, when it cannot become one. */
export function httpRoute(row: IngressRow, name: string, context: RowContext): Route | null {
  if (row.domains.length === 0 && row.rule === null && row.hostport === null) {
    report(context, row, {
      code: 'no-domain',
      message: 'an http row on the shared entry point needs a domain, or it would answer every host',
      help: 'add domain:, tls:, rule: or, for a port of its own, hostport:',
    });
    return null;
  }
  const challenge = answersAcme(row);
  const onFile = context.project.kind === 'external' || row.hostport !== null || row.passthrough;
  const route = routeBase(row, name, 'http', onFile ? 'file' : 'labels', context);
  const tls = row.hostport === null ? !challenge : row.domains.length > 0 || row.resolver !== null;
  const router: TraefikRouter = {
    rule: row.rule ?? httpRule(route.domains, row.pathPrefix),
    entryPoints: [row.hostport === null ? (challenge ? 'web' : 'web-secure') : `http-${row.hostport}`],
    service: serviceReference(route),
    ...priorityOf(row),
    ...(tls ? { tls: certificateOf(row, context) } : {}),
  };
  const chain = chainOf(row, route, context);
  if (chain.length > 0) router.middlewares = chain;
  route.routers[name] = router;
  if (tls && row.hostport === null) route.routers[`${name}-redirect`] = redirectOf(router);
  if (row.sticky) {
    route.loadBalancer = {
      sticky: { cookie: { httpOnly: true, sameSite: 'lax', ...(tls ? { secure: true } : {}) } },
    };
  }
  checkPathRemoval(row, context);
  return route;
}

function redirectOf(router: TraefikRouter): TraefikRouter {
  return {
    ...(router.rule === undefined ? {} : { rule: router.rule }),
    entryPoints: ['web'],
    service: router.service,
    middlewares: [qualified(middlewareNames.redirect, 'file')],
    priority: redirectPriority,
  };
}

function priorityOf(row: IngressRow): { priority?: number } {
  return row.priority === null ? {} : { priority: row.priority };
}

/**
 * The router's middlewares in the order a request meets them: paths that the service could read differently and
 * the allow list before anything that costs work, the operator's on the path as it was asked for, the stripped prefix last. Defines the route's own ones.
 */
function chainOf(row: IngressRow, route: Route, context: RowContext): string[] {
  const name = route.serviceName;
  const chain: string[] = [];
  const define = (suffix: string, middleware: Record<string, unknown>): void => {
    route.middlewares[`${name}-${suffix}`] = middleware;
    chain.push(`${name}-${suffix}`);
  };
  if (refusesEncodedSlashes(row, context.project.ingress)) define('paths', noEncodedSlashes);
  if (row.allowSourceIps.length > 0)
    define('allow', { ipAllowList: { sourceRange: [...row.allowSourceIps] } });
  chain.push(...namedMiddlewares(row, 'http', context));
  if (row.compress) define('compress', { compress: {} });
  const headers = headersOf(row);
  if (headers) define('headers', { headers });
  if (row.pathRemove && row.pathPrefix !== null)
    define('strip', { stripPrefix: { prefixes: [row.pathPrefix] } });
  return chain;
}

function headersOf(row: IngressRow): Record<string, unknown> | null {
  const { request, response } = row.headers;
  const headers = {
    ...(Object.keys(request).length > 0 ? { customRequestHeaders: { ...request } } : {}),
    ...(Object.keys(response).length > 0 ? { customResponseHeaders: { ...response } } : {}),
  };
  return Object.keys(headers).length > 0 ? headers : null;
}

function checkPathRemoval(row: IngressRow, context: RowContext): void {
  if (row.pathRemove && row.pathPrefix === null) {
    report(context, row, {
      key: 'path_remove',
      code: 'nothing-to-remove',
      severity: 'warning',
      message: 'path_remove has no path_prefix to remove',
      help: 'add path_prefix:, or remove path_remove:',
    });
  }
  if (row.rule !== null && row.pathPrefix !== null && !row.pathRemove) {
    report(context, row, {
      key: 'path_prefix',
      code: 'rule-and-path',
      message: 'path_prefix has no effect beside rule',
      help: 'write PathPrefix(`…`) into the rule',
    });
  }
}
