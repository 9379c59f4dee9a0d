import { answersAcme, type IngressRow } from '@itsup/config';
import { qualified } from '@itsup/traefik';
import { middlewareNames } from '../labels/middlewares';
import type { Route, TraefikRouter } from '../model';
import { httpRule } from '../rule/text';
import { certificateOf } from './certificate';
import { report, type RowContext } from './context';
import { chainOf, redirectTo } from './http-chain';
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
    ...priorityOf(row.priority ?? context.priorities.get(row)?.own),
    ...(tls ? { tls: certificateOf(row, context) } : {}),
  };
  const chain = chainOf(row, route, context);
  if (chain.length > 0) router.middlewares = chain;
  route.routers[name] = router;
  if (tls && row.hostport === null) route.routers[`${name}-redirect`] = redirectOf(router);
  if (row.redirectFrom.length > 0) redirectNames(row, { name, tls, route }, context);
  if (row.sticky) {
    route.loadBalancer = {
      sticky: { cookie: { httpOnly: true, sameSite: 'lax', ...(tls ? { secure: true } : {}) } },
    };
  }
  checkPathRemoval(row, context);
  return route;
}

/** A router of their own for the names that are sent on to the row's first one, with a certificate of their own. */
function redirectNames(
  row: IngressRow,
  { name, tls, route }: { name: string; tls: boolean; route: Route },
  context: RowContext,
): void {
  const [main] = route.domains;
  if (main === undefined || main.startsWith('*')) {
    report(context, row, {
      key: 'redirect_from',
      code: 'no-redirect-target',
      message:
        'redirect_from sends on to the first domain of the row, which has none that a browser could go to',
      help: 'add domain:, its main name first',
    });
    return;
  }
  const domains = [...new Set(row.redirectFrom.map((domain) => domain.toLowerCase()))];
  const canonical = `${route.serviceName}-canonical`;
  route.middlewares[canonical] = redirectTo(main);
  const entryPoint = row.hostport === null ? 'web-secure' : `http-${row.hostport}`;
  const router: TraefikRouter = {
    rule: httpRule(domains, row.pathPrefix),
    entryPoints: [entryPoint],
    service: serviceReference(route),
    middlewares: [canonical],
    ...priorityOf(context.priorities.get(row)?.from),
    ...(tls ? { tls: certificatesOf(domains, row, context) } : {}),
  };
  route.routers[`${name}-from`] = router;
  if (tls && row.hostport === null) route.routers[`${name}-from-redirect`] = redirectOf(router);
}

/** One for each name: one whose DNS is wrong harms no other. */
function certificatesOf(
  names: readonly string[],
  row: IngressRow,
  context: RowContext,
): NonNullable<TraefikRouter['tls']> {
  const each = names.map((name) => certificateOf({ ...row, domains: [name] }, context));
  const domains = each.flatMap((one) => one.domains ?? []);
  return domains.length === 0 ? {} : { ...each.find((one) => one.domains !== undefined), domains };
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

function priorityOf(priority: number | undefined): { priority?: number } {
  return priority === undefined ? {} : { priority };
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
