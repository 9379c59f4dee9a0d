import type { Place, RouterKind, Settings, Workspace } from '@itsup/config';
import { defaultPriority, nameOf, qualified, qualifiedBy, subtree, type Provider } from '@itsup/traefik';
import type { Lookups } from '../conflicts/circumstances';
import { dashboardRouters } from '../proxy/dashboard';
import { answersChallenges } from '../proxy/entry-points';
import { operatorRouters } from '../labels/operator-routers';
import { exposedByDefault } from '../labels/exposed';
import { isRedirect } from '../labels/redirects';
import type { Route, TraefikRouter, WorkspaceRouting } from '../model';
import { hostsOf } from '../rule/terms';
import { defaultResolver } from '../row/context';
import { redirectTargetOf } from '../row/http-chain';
import { parseRule, type Rule } from '../rule/parse';
import { labelRouters } from '../labels/label-routers';
import type { RouterFact, Target } from './model';
import { serviceMiddlewares } from './service-middlewares';

/** A router with what it takes to decide about a request. */
export interface Candidate {
  fact: RouterFact;
  /** null: UDP, or a rule that cannot be read. */
  rule: Rule | null;
  /** Hosts that the rule mentions, lower case. */
  hosts: string[];
  /** The rule holds a variable whose value only a deploy knows. */
  hasVariable: boolean;
}

const PROXY: Target = { project: null, service: null, host: null, port: null, scheme: 'http' };

/**
 * Every router that Traefik would have once the workspace is deployed, in no order.
 * @param lookups values of variables; without them their defaults count
 */
export function candidatesOf(
  workspace: Workspace,
  routing: WorkspaceRouting,
  lookups?: Lookups,
): Candidate[] {
  const { settings } = workspace;
  const projects = new Map(workspace.projects.map((project) => [project.name, project]));
  const routes = routing.projects.flatMap((project) => project.routes);
  const byService = new Map(routes.map((route) => [`${route.kind} ${route.serviceName}`, route]));
  const found: Candidate[] = [];
  for (const each of routing.projects) {
    const project = projects.get(each.project);
    if (!project?.enabled) continue;
    const owners = new Map<string, Route>();
    for (const route of each.routes)
      for (const name of Object.keys(route.routers)) if (!owners.has(name)) owners.set(name, route);
    for (const { name, kind, router, service, place, isOpen } of labelRouters(
      project,
      each,
      exposedByDefault(settings),
      lookups?.(project.name),
    )) {
      const route = byService.get(`${kind} ${nameOf(router.service, 'docker') ?? router.service}`);
      const own = owners.get(name);
      const target = route ? targetOf(route) : { ...PROXY, project: project.name, service };
      const at = own?.place ?? place;
      found.push(candidate(name, 'docker', kind, router, target, at, sentTo(own, router), isOpen));
    }
    for (const route of each.routes.filter(({ via }) => via === 'file')) {
      for (const [name, router] of Object.entries(route.routers)) {
        const sent = sentTo(route, router);
        found.push(candidate(name, 'file', route.kind, router, targetOf(route), route.place, sent));
      }
    }
  }
  const passed = serviceMiddlewares(workspace, lookups);
  const all = [...found, ...ownersOverrides(settings), ...proxyRouters(settings, routing)].map((each) => {
    const behind = each.fact.kind === 'http' ? passed.get(each.fact.service) : undefined;
    if (behind === undefined) return each;
    return { ...each, fact: { ...each.fact, middlewares: [...each.fact.middlewares, ...behind] } };
  });
  return asksForCertificates(settings) ? all : all.map(withoutResolver);
}

/**
 * Without an address for certificates there is no resolver of the default name, and Traefik shows its own certificate.
 */
function asksForCertificates({ letsEncrypt, traefikOverride }: Settings): boolean {
  const own = subtree(traefikOverride?.data, 'certificatesResolvers');
  return letsEncrypt.email !== null || own[defaultResolver] !== undefined;
}

function withoutResolver(candidate: Candidate): Candidate {
  const { fact } = candidate;
  return fact.certResolver === defaultResolver
    ? { ...candidate, fact: { ...fact, certResolver: null } }
    : candidate;
}

/** Every router that Traefik would have once the workspace is deployed, in no order. */
export function routersOf(workspace: Workspace, routing: WorkspaceRouting): RouterFact[] {
  return candidatesOf(workspace, routing).map(({ fact }) => fact);
}

/** Routers that the operator's `middlewares.yml` adds to the proxy's dynamic configuration. */
function ownersOverrides(settings: Settings): Candidate[] {
  return operatorRouters(settings).map(({ name, kind, router }) =>
    candidate(name, 'file', kind, router, PROXY, null),
  );
}

function proxyRouters(settings: Settings, routing: WorkspaceRouting): Candidate[] {
  const dashboard = dashboardRouters(settings).map(([name, router]) =>
    candidate(name, 'file', 'http', router, PROXY, null),
  );
  return settings.letsEncrypt.email === null ? dashboard : [...dashboard, acmeRouter(routing)];
}

/**
 * Traefik's own, pkg/provider/traefik: before everything, or by the length of its rule when a project answers
 * challenges.
 */
function acmeRouter(routing: WorkspaceRouting): Candidate {
  const bypass = answersChallenges(routing);
  return candidate(
    bypass ? 'acme-http-bypass' : 'acme-http',
    'internal',
    'http',
    {
      rule: 'PathPrefix(`/.well-known/acme-challenge/`)',
      entryPoints: ['web'],
      service: 'acme-http@internal',
      ...(bypass ? {} : { priority: Number.MAX_SAFE_INTEGER }),
    },
    PROXY,
    null,
  );
}

function candidate(
  name: string,
  provider: Provider,
  kind: RouterKind,
  router: TraefikRouter,
  target: Target,
  place: Place | null,
  sent: string | null = null,
  hasVariable = false,
): Candidate {
  const rule = kind === 'udp' ? null : (router.rule ?? null);
  const parsed = rule === null || kind === 'udp' || hasVariable ? null : parseRule(rule, kind);
  const tree = parsed && 'rule' in parsed ? parsed.rule : null;
  const { tls } = router;
  const middlewares = (router.middlewares ?? []).map((one) => qualifiedBy(one, provider));
  return {
    rule: tree,
    hosts: tree === null ? [] : hostsOf(tree),
    hasVariable,
    fact: {
      name: qualified(name, provider),
      kind,
      entryPoints: router.entryPoints.length > 0 ? router.entryPoints : kind === 'udp' ? [] : ['web-secure'],
      rule,
      priority: router.priority ?? defaultPriority(kind, rule ?? ''),
      priorityIsWritten: router.priority !== undefined,
      tls: tls === undefined ? 'none' : tls.passthrough === true ? 'passthrough' : 'terminated',
      certResolver: tls?.certResolver ?? null,
      middlewares,
      service: router.service === '' ? '' : qualifiedBy(router.service, provider),
      redirects: isRedirect({ ...router, middlewares }),
      sentTo: sent,
      target,
      place,
    },
  };
}

/** Where a router of a row sends everything on to, by `redirect_to` or as a name of `redirect_from`. */
export function sentTo(route: Route | undefined, { middlewares = [] }: TraefikRouter): string | null {
  const names = middlewares.map((one) => nameOf(one, route?.via === 'file' ? 'file' : 'docker') ?? one);
  const targets = names.flatMap((name) => redirectTargetOf(route?.middlewares[name]) ?? []);
  return targets[0] ?? null;
}

function targetOf(route: Route): Target {
  const { project, service, host, port, scheme } = route;
  return { project, service, host, port, scheme };
}
