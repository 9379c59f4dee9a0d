import type { Settings } from '@itsup/config';
import type { Route, TraefikRouter } from '../model';
import { defaultResolver } from '../row/context';
import { parseRule } from '../rule/parse';
import { hostsOf, termsOf, type Term } from '../rule/terms';
import { partyOf, type Party } from './conflict';

/** What one router asks for on one entry point. */
export interface Claim {
  party: Party;
  kind: 'http' | 'tcp';
  entryPoint: string;
  tls: boolean;
  /** Of Traefik: the higher one is asked first. */
  priority: number;
  /** Of two with one priority Traefik asks the file's first, as `providers.precedence` says. */
  via: Route['via'];
  terms: Term[];
  /** Every host that the rule mentions, which is what Traefik chooses by before it decrypts. */
  hosts: string[];
  /** The default resolver gets a certificate for it by HTTP-01. */
  certifies: boolean;
}

/** The claims of these routes and of the proxy's dashboard. Redirects to HTTPS claim nothing: they give way to all others. */
export function claimsOf(routes: readonly Route[], settings: Settings): Claim[] {
  const claims = routes.flatMap((route) => {
    const router = route.routers[route.serviceName];
    return router && route.kind !== 'udp'
      ? claimsOfRouter(partyOf(route), route.kind, route.via, router)
      : [];
  });
  return [...claims, ...dashboardClaims(settings)];
}

function claimsOfRouter(
  party: Party,
  kind: Claim['kind'],
  via: Claim['via'],
  router: TraefikRouter,
): Claim[] {
  const rule = router.rule ?? '';
  const parsed = parseRule(rule, kind);
  if ('flaw' in parsed) return [];
  const terms = termsOf(parsed.rule);
  return router.entryPoints.map((entryPoint) => ({
    party,
    kind,
    entryPoint,
    tls: router.tls !== undefined,
    priority: router.priority ?? defaultPriority(rule),
    via,
    terms,
    hosts: hostsOf(parsed.rule),
    certifies: router.tls?.certResolver === defaultResolver,
  }));
}

/** Traefik's default is the length of the rule in bytes; only a TCP rule that takes everything stands behind all others. */
export function defaultPriority(rule: string): number {
  return rule === 'HostSNI(`*`)' ? -1 : Buffer.byteLength(rule);
}

function dashboardClaims(settings: Settings): Claim[] {
  const host = settings.traefikDomain;
  if (host === null) return [];
  return claimsOfRouter(
    {
      project: null,
      label: 'the dashboard (traefik.domain in projects/itsup.yml)',
      place: settings.places?.traefikDomain ?? null,
    },
    'http',
    'file',
    {
      rule: `Host(\`${host}\`)`,
      entryPoints: ['web-secure'],
      service: 'api@internal',
      tls: {},
    },
  );
}
