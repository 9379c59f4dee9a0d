import { mappingOf, type Problem } from '@itsup/config';
import { labelNameOf } from '@itsup/rollout';
import type { RouterFact } from '@itsup/routing';
import { splitName, type ServedConfiguration, type ServedObject } from '@itsup/traefik';

import { PROXY_STACK } from '../requests';

/** A router in the running Traefik. */
export interface RouterState {
  /** missing: Traefik does not have it. unknown: Traefik could not be asked. */
  status: 'enabled' | 'warning' | 'disabled' | 'missing' | 'unknown';
  /** Traefik's own words, of the router and its service. */
  errors: string[];
  /** The rule that is served, when it is another one than the sources say. */
  servedRule: string | null;
  /** A rollout's route file serves it at the moment. */
  isPinned: boolean;
  /** Servers behind it and how many of these Traefik takes for up; null: its service is missing. */
  servers: { up: number; all: number } | null;
}

/** What Traefik says of a router. */
export function routerStateOf(router: RouterFact, served: ServedConfiguration | null): RouterState {
  const nothing = { errors: [], servedRule: null, isPinned: false, servers: null };
  if (served === null) return { status: 'unknown', ...nothing };
  const section = served[router.kind];
  const { name } = splitName(router.name);
  const isPinned = [...section.routers.keys()].some(
    (one) => one.endsWith('~rollout@file') && labelNameOf(one.slice(0, -'@file'.length)) === name,
  );
  const found = section.routers.get(router.name);
  if (found === undefined) return { ...nothing, status: 'missing', isPinned };
  const service = section.services.get(router.service);
  const rule = found.definition['rule'];
  return {
    status: found.status === 'enabled' || found.status === 'warning' ? found.status : 'disabled',
    errors: [...new Set([...found.errors, ...(service?.errors ?? [])])],
    // Of a variable only a deploy knows the value.
    servedRule:
      typeof rule === 'string' && rule !== router.rule && !router.rule?.includes('${') ? rule : null,
    isPinned,
    servers: service === undefined ? null : serversOf(service),
  };
}

/** `serverStatus` is there for HTTP alone; TCP and UDP servers count as up. */
function serversOf({ definition }: ServedObject): { up: number; all: number } {
  const balancer = mappingOf(definition['loadBalancer']);
  const servers = Array.isArray(balancer['servers']) ? balancer['servers'].length : 0;
  const status = Object.values(mappingOf(definition['serverStatus']));
  const all = Math.max(servers, status.length);
  return { up: all - status.filter((each) => each === 'DOWN').length, all };
}

/** Why a router does not serve, by what Traefik says; nothing while it does. */
export function routerFindings(router: RouterFact, state: RouterState | undefined): Problem[] {
  if (state === undefined || state.status === 'unknown') return [];
  const deploy = `itsup deploy ${router.name.endsWith('@docker') ? (router.target.project ?? '') : PROXY_STACK}`;
  const problem = (code: string, message: string, help: string): Problem => ({
    code,
    severity: 'error',
    message,
    help,
  });
  if (state.status === 'missing') {
    if (state.isPinned) return [];
    return [
      problem(
        'router-missing',
        `the running Traefik has no router ${router.name}`,
        `${deploy}; where that changes nothing: itsup logs ${PROXY_STACK} traefik`,
      ),
    ];
  }
  const found: Problem[] = [];
  if (state.status === 'disabled' || state.errors.length > 0) {
    const why = state.errors.join('; ') || 'Traefik does not say why';
    found.push(
      problem('router-error', `Traefik refuses ${router.name}: ${why}`, `correct it, then: ${deploy}`),
    );
  }
  if (state.servedRule !== null) {
    found.push(problem('router-differs', `what runs has another rule: ${state.servedRule}`, deploy));
  }
  if (state.servers !== null && state.servers.up === 0) {
    found.push(
      problem(
        'no-server',
        state.servers.all === 0
          ? `${router.service} has no server`
          : `${router.service}: all ${state.servers.all} servers fail Traefik's health check`,
        `itsup status ${router.target.project ?? ''}`.trim(),
      ),
    );
  }
  return found;
}
