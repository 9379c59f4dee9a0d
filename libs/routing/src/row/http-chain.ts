import type { IngressRow } from '@itsup/config';
import type { Route } from '../model';
import { report, type RowContext } from './context';
import { namedMiddlewares } from './names-of-middlewares';
import { noEncodedSlashes, refusesEncodedSlashes } from './path-boundary';

/**
 * The middlewares of a row's router in the order a request meets them: paths that the service could read differently
 * and the allow list before anything that costs work, who may come before what the operator made, that on the path as
 * it was asked for, the stripped prefix last. Defines the route's own ones.
 */
export function chainOf(row: IngressRow, route: Route, context: RowContext): string[] {
  const name = route.serviceName;
  const chain: string[] = [];
  const define = (suffix: string, middleware: Record<string, unknown>): void => {
    route.middlewares[`${name}-${suffix}`] = middleware;
    chain.push(`${name}-${suffix}`);
  };
  if (refusesEncodedSlashes(row, context.project.ingress)) define('paths', noEncodedSlashes);
  if (row.allowSourceIps.length > 0)
    define('allow', { ipAllowList: { sourceRange: [...row.allowSourceIps] } });
  if (row.redirectTo !== null) define('to', redirectTo(row.redirectTo));
  if (row.rateLimit !== null) define('limit', { rateLimit: rateLimitOf(row, row.rateLimit, context) });
  if (row.basicAuth !== null && mayAsk(row, route, context))
    define('auth', { basicAuth: { users: secretOf(row.basicAuth), removeHeader: true } });
  chain.push(...namedMiddlewares(row, 'http', context));
  if (row.compress) define('compress', { compress: {} });
  const headers = headersOf(row, context);
  if (headers) define('headers', { headers });
  if (row.pathRemove && row.pathPrefix !== null)
    define('strip', { stripPrefix: { prefixes: [row.pathPrefix] } });
  return chain;
}

/** To another name, with the scheme, the port and the path that were asked for; to a URL as it is. */
export function redirectTo(target: string): Record<string, unknown> {
  return target.startsWith('https://')
    ? { redirectRegex: { regex: '^.*$', replacement: target, permanent: true } }
    : {
        redirectRegex: {
          regex: '^(https?)://[^/:]+(:[0-9]+)?/(.*)$',
          replacement: `\${1}://${target.toLowerCase()}\${2}/\${3}`,
          permanent: true,
        },
      };
}

/** The target of what `redirectTo` made; null: the middleware is another one. */
export function redirectTargetOf(middleware: Record<string, unknown> | undefined): string | null {
  const { redirectRegex } = middleware ?? {};
  if (typeof redirectRegex !== 'object' || redirectRegex === null || !('replacement' in redirectRegex))
    return null;
  const text = String(redirectRegex.replacement);
  return /^\$\{1\}:\/\/(.+)\$\{2\}\/\$\{3\}$/.exec(text)?.[1] ?? text;
}

/** The text that Compose puts a variable's value in the place of; without one it deploys nothing. */
function secretOf(variable: string): string {
  return `\${${variable}:?basic_auth needs it}`;
}

/** A file of Traefik's holds no variables, and no secret has a place in an artifact. */
function mayAsk(row: IngressRow, route: Route, context: RowContext): boolean {
  if (route.via === 'labels') return true;
  report(context, row, {
    key: 'basic_auth',
    code: 'no-secret-in-a-file',
    message:
      'basic_auth takes a label of the container, and this route stands in a file of Traefik, which holds no secrets',
    help: 'define a middleware with basicAuth and usersFile in projects/middlewares.yml, and name it in middleware:',
  });
  return false;
}

function rateLimitOf(
  row: IngressRow,
  limit: NonNullable<IngressRow['rateLimit']>,
  context: RowContext,
): Record<string, unknown> {
  const { average, burst = average, period } = limit;
  const ofHost = context.settings.rateLimit;
  if (ofHost !== null && period === '1s' && average > ofHost.average && burst > ofHost.burst) {
    report(context, row, {
      key: 'rate_limit',
      code: 'looser-than-the-host',
      severity: 'warning',
      message: `rate_limit has no effect: all sites together have ${ofHost.average} a second, ${ofHost.burst} at once`,
      help: 'raise traefik.rateLimit in projects/itsup.yml, or remove it here',
    });
  }
  return {
    average,
    burst,
    period,
    // Whoever has an IPv6 address has a whole network of them.
    sourceCriterion: { ipStrategy: { ipv6Subnet: 64 } },
  };
}

/** Headers that the entry point sets last, over what a row says, unless `itsup.yml` leaves them to it. */
const SET_LAST = [
  'X-Frame-Options',
  'X-Content-Type-Options',
  'Referrer-Policy',
  'Strict-Transport-Security',
];

function headersOf(row: IngressRow, context: RowContext): Record<string, unknown> | null {
  const { request, response } = row.headers;
  const { settings } = context;
  const left = Object.entries(settings.headers).flatMap(([name, value]) =>
    value === '' ? [name.toLowerCase()] : [],
  );
  for (const name of Object.keys(response)) {
    const isLast = SET_LAST.find((each) => each.toLowerCase() === name.toLowerCase());
    const isHsts = isLast === 'Strict-Transport-Security';
    if (isLast === undefined || left.includes(name.toLowerCase()) || (isHsts && settings.hsts === null))
      continue;
    report(context, row, {
      key: 'headers',
      code: 'header-set-last',
      severity: 'warning',
      message: `${isLast} of this row has no effect: the entry point sets it on every answer`,
      help: isHsts
        ? 'traefik.hsts in projects/itsup.yml decides it for all'
        : `leave it to rows and services with traefik.headers: {${isLast}: ""} in projects/itsup.yml`,
    });
  }
  const headers = {
    ...(Object.keys(request).length > 0 ? { customRequestHeaders: { ...request } } : {}),
    ...(Object.keys(response).length > 0 ? { customResponseHeaders: { ...response } } : {}),
  };
  return Object.keys(headers).length > 0 ? headers : null;
}
