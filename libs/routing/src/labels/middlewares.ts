import type { Settings } from '@itsup/config';
import { field, listField, namedTree, qualified, subtree, treeOf, type Tree } from '@itsup/traefik';

/**
 * Names of the middlewares that the proxy's generated `middlewares.yml` defines; the artifact and the routes agree by
 * them.
 */
export const middlewareNames = {
  clientAddress: 'client-address',
  defaultHeaders: 'default-headers',
  rateLimit: 'rate-limit',
  redirect: 'redirect',
  crowdsec: 'crowdsec',
  dashboardAuth: 'traefik-auth',
  /** On a swarm alone. */
  retryConnection: 'retry-connection',
} as const;

/**
 * The HTTP middlewares that exist without a line of the operator: what a row may name besides those of
 * `projects/middlewares.yml`. CrowdSec's exists only while it is enabled: a plugin is not declared for nothing.
 */
export function generatedMiddlewares(settings: Settings): string[] {
  const { clientAddress, defaultHeaders, rateLimit, redirect, crowdsec, dashboardAuth, retryConnection } =
    middlewareNames;
  return [
    ...(settings.trustedIps.length > 0 ? [clientAddress] : []),
    defaultHeaders,
    rateLimit,
    redirect,
    ...(settings.crowdsec.enabled ? [crowdsec] : []),
    ...(settings.traefikDomain === null ? [] : [dashboardAuth]),
    ...(settings.engine === 'swarm' ? [retryConnection] : []),
  ];
}

/** Names of the middlewares that rows may use, by kind of router. */
export interface KnownMiddlewares {
  http: ReadonlySet<string>;
  tcp: ReadonlySet<string>;
}

/** Collects the generated middlewares and those of the operator's `middlewares.yml`. */
export function knownMiddlewares(settings: Settings): KnownMiddlewares {
  const data = settings.middlewaresOverride?.data;
  return {
    http: new Set([...generatedMiddlewares(settings), ...keysAt(data, 'http', 'middlewares')]),
    tcp: new Set(keysAt(data, 'tcp', 'middlewares')),
  };
}

function keysAt(file: Tree | undefined, ...path: string[]): string[] {
  return Object.keys(path.reduce(subtree, treeOf(file)));
}

/**
 * The middlewares that Traefik's entry points put before every HTTP request: `plain` on `web`, whose requests are sent
 * on to HTTPS, `open` on `web-secure` and on HTTP ports of projects. Who the client is comes first: all others go by
 * it. What repeats a request comes last: nothing of these is asked twice.
 */
export function entryPointMiddlewares(settings: Settings): { plain: string[]; open: string[] } {
  const { clientAddress, crowdsec, defaultHeaders, rateLimit, retryConnection } = middlewareNames;
  const inFile = (...names: string[]): string[] => names.map((name) => qualified(name, 'file'));
  const first = [...(settings.trustedIps.length > 0 ? [clientAddress] : []), defaultHeaders];
  const guard = settings.crowdsec.enabled ? [crowdsec] : [];
  const limit = settings.rateLimit === null ? [] : [rateLimit];
  const retry = settings.engine === 'swarm' ? [retryConnection] : [];
  return { plain: inFile(...first, ...guard), open: inFile(...first, ...limit, ...guard, ...retry) };
}

/**
 * The list that `projects/traefik.yml` puts in the place of ours before the requests of an entry point; null: it does
 * not.
 */
export function overriddenMiddlewares({ traefikOverride }: Settings, entryPoint: string): string[] | null {
  const http = subtree(namedTree(subtree(traefikOverride?.data, 'entryPoints'), entryPoint), 'http');
  return field(http, 'middlewares') === undefined ? null : listField(http, 'middlewares');
}
