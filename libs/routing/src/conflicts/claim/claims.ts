import type { Settings } from '@itsup/config';
import { defaultPriority, qualifiedBy } from '@itsup/traefik';
import { exposedByDefault } from '../../labels/exposed';
import { isRedirect } from '../../labels/redirects';
import { labelRouters, hasWrittenLabels, type LabelRouter } from '../../labels/label-routers';
import type { Route, TraefikRouter } from '../../model';
import { defaultResolver } from '../../row/context';
import { parseRule, type Rule } from '../../rule/parse';
import { hostsOf, keyOf, termsOf, type Term } from '../../rule/terms';
import type { Lookups } from '../circumstances';
import { claimKey, partyOf, type Party, type RoutedProject } from '../conflict';

/** What one router asks for on one entry point. */
export interface Claim {
  party: Party;
  kind: 'http' | 'tcp';
  entryPoint: string;
  tls: boolean;
  /** Traefik ends the TLS, with the host's certificate. */
  decrypts: boolean;
  /** How it does, by the name of the TLS options with their provider. */
  tlsOptions: string;
  /** Of Traefik: the higher one is asked first. */
  priority: number;
  /** It has a priority of its own, not the one that its rule's length gives. */
  priorityIsWritten: boolean;
  /** Of two with one priority Traefik asks the file's first, as `providers.precedence` says. */
  via: Route['via'];
  rule: Rule;
  terms: Term[];
  /** Every host that the rule mentions, which is what Traefik chooses by before it decrypts. */
  hosts: string[];
  /** The default resolver gets a certificate for it by HTTP-01. */
  certifies: boolean;
  /** A redirect to HTTPS: its own project's routers win over it, and another project must not take it. */
  isRedirect: boolean;
}

/**
 * The claims of these projects and of the proxy's dashboard: of rows, and of labels that the operator wrote, who wins
 * over what a row would give.
 */
export function claimsOf(
  routed: readonly RoutedProject[],
  settings: Settings,
  lookups: Lookups = () => undefined,
): Claim[] {
  const claims: Claim[] = [];
  for (const each of routed) {
    const written = writtenRouters(each, settings, lookups);
    const replaced = new Set(written.map(({ kind, name }) => `${kind} ${name}`));
    for (const route of each.routing.routes) {
      if (route.kind === 'udp') continue;
      for (const [name, router] of Object.entries(route.routers)) {
        if (route.via === 'labels' && replaced.has(`${route.kind} ${name}`)) continue;
        claims.push(...claimsOfRouter(partyOf(route), route.kind, route.via, router, isRedirect(router)));
      }
    }
    for (const { kind, router, place, service, redirects, isOpen } of written) {
      if (kind === 'udp' || isOpen) continue;
      const party = { project: each.project.name, label: `${each.project.name}:${service}`, place };
      claims.push(...claimsOfRouter(party, kind, 'labels', router, redirects));
    }
  }
  return [...claims, ...dashboardClaims(settings)];
}

/** The routers that the operator's own labels define or change, of services that run. */
export function writtenRouters(
  { project, routing }: RoutedProject,
  settings: Pick<Settings, 'traefikOverride' | 'engine'>,
  lookups: Lookups,
): LabelRouter[] {
  if (!project.enabled || !(project.compose?.services ?? []).some(hasWrittenLabels)) return [];
  const routers = labelRouters(project, routing, exposedByDefault(settings), lookups(project.name));
  return routers.filter(({ isWritten }) => isWritten);
}

/** The key by which a term of a claim is remembered. */
export function termKey({ kind, entryPoint, tls }: Claim, term: Term): string {
  return claimKey('route', kind, entryPoint, tls ? 'tls' : 'plain', keyOf(term));
}

/** The key of a whole claim with its precedence: who takes from others does it by these. */
export function ruleKey(claim: Claim): string {
  return `${claim.terms.map((term) => termKey(claim, term)).join(' | ')} at ${claim.priority}`;
}

/** What one router asks for; none, where its rule cannot be read. */
export function claimsOfRouter(
  party: Party,
  kind: Claim['kind'],
  via: Claim['via'],
  router: TraefikRouter,
  redirects: boolean,
): Claim[] {
  const rule = router.rule ?? '';
  const parsed = parseRule(rule, kind);
  // Of a label's it is a problem of its own (`unreadRules`).
  if ('flaw' in parsed) return [];
  const terms = termsOf(parsed.rule);
  const entryPoints = router.entryPoints.length > 0 ? router.entryPoints : ['web-secure'];
  return entryPoints.map((entryPoint) => ({
    party,
    kind,
    entryPoint,
    tls: router.tls !== undefined,
    decrypts: router.tls !== undefined && router.tls.passthrough !== true,
    tlsOptions: tlsOptionsOf(router, via),
    priority: router.priority ?? defaultPriority(kind, rule),
    priorityIsWritten: router.priority !== undefined,
    via,
    rule: parsed.rule,
    terms,
    hosts: hostsOf(parsed.rule),
    certifies: router.tls?.certResolver === defaultResolver,
    isRedirect: redirects,
  }));
}

/** Without a name they are those that are called `default`, which no provider has to itself. */
function tlsOptionsOf({ tls }: TraefikRouter, via: Route['via']): string {
  const { options = 'default' } = tls ?? {};
  return options === 'default' ? options : qualifiedBy(options, via === 'file' ? 'file' : 'docker');
}

/** What the dashboard's router asks for. */
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
    false,
  );
}
