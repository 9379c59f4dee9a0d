import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { createTraefikApi, qualified, type HttpGet, type Tree } from '@itsup/traefik';

import { acknowledgePin, acknowledgeUnpinned, type Acknowledgement } from './acknowledge';
import { defaultLimits } from '../procedure/limits';
import { RolloutError } from '../procedure/rollout-error';
import { waitFor, type Waiter } from '../procedure/waiting';
import { renderPageRoutes } from './page-routes';
import { markerOf, readPublished, refuseUnreadable, removeRouteFile, writeRouteFile } from './pin-file';
import { pageFileName } from './pin-names';
import { providedBy } from '../provider/provided-by';
import { regardlessOfHealth } from '../provider/docker-provider';
import type { ContainerFacts, ProxyAccess } from '../types';

/** What it takes to lead a project's requests elsewhere. */
export interface PageContext {
  get: HttpGet;
  proxy: ProxyAccess;
  waiter: Waiter;
}

/** Whose requests are led to the page. */
export interface PageSubject {
  project: string;
  /** All that it has, in whatever state. */
  containers: ContainerFacts[];
  /** Those of all others, in whatever state: their labels may say who may come. */
  others: ContainerFacts[];
  /** Its HTTP routers in the published files. */
  routers: readonly string[];
}

/**
 * Leads all HTTP requests of a project to a service of the docker provider that shows a page, and waits until every
 * Traefik does.
 *
 * @param service its name without provider
 * @returns how many routes lead there; 0: none of the project's is for HTTP, and nothing was written
 * @throws RolloutError when Traefik does not take it
 */
export async function leadToPage(
  context: PageContext,
  { project, containers, others, routers }: PageSubject,
  service: string,
): Promise<number> {
  const { proxy } = context;
  const provided = providedBy(proxy, containers.map(asIfServing)).http;
  const elsewhere = definedElsewhere(proxy, others);
  const published = await readPublished(proxy.dynamicFolder);
  const name = qualified(service, 'docker');
  const writing = randomUUID();
  const routes = renderPageRoutes({
    ...{ project, provided, elsewhere, published, routers, service: name, writing },
  });
  if (routes.routers.length === 0) {
    await leadBack(context, project, proxy.dynamicFolder);
    return 0;
  }
  refuseUnreadable(proxy, routes.text, 'the routes to the page were');
  await awaitService(context, name);
  const since = context.waiter.clock.now();
  await writeRouteFile(proxy.dynamicFolder, pageFileName(project), routes.text);
  await acknowledgePin(acknowledgement(context, since), routes, new Set());
  return routes.routers.length;
}

/**
 * Lets a project's requests go where its labels and published routes lead, and waits until every Traefik does.
 * @param context null: no Traefik runs
 */
export async function leadBack(context: PageContext | null, project: string, folder: string): Promise<void> {
  const text = await readFile(join(folder, pageFileName(project)), 'utf8').catch(() => null);
  const since = context?.waiter.clock.now() ?? 0;
  await removeRouteFile(folder, pageFileName(project));
  const marker = text === null ? null : markerOf(text);
  if (context !== null && marker !== null) await acknowledgeUnpinned(acknowledgement(context, since), marker);
}

/** A route to a service that Traefik does not know yet would be answered with 404. */
async function awaitService({ get, proxy, waiter }: PageContext, service: string): Promise<void> {
  const addresses = await proxy.apis();
  if (addresses.length === 0) throw new RolloutError('no Traefik runs; start it: itsup deploy proxy');
  const limits = { limitMs: defaultLimits.providerTimeout, intervalMs: defaultLimits.healthInterval };
  await waitFor(waiter, { what: 'Traefik to see the container of the page', ...limits }, async () => {
    for (const address of addresses) {
      const api = createTraefikApi(address, get, proxy.apiSecret);
      const served = await api.rawData().catch(() => null);
      if (served?.http.services.has(service) !== true) return null;
    }
    return true;
  });
}

/**
 * Middlewares that labels of others define. What Traefik reads now goes before what a container says that does not
 * serve: whoever has a stopped one must not open another's list of addresses.
 */
export function definedElsewhere(
  proxy: ProxyAccess,
  others: readonly ContainerFacts[],
): Record<string, Tree> {
  return {
    ...providedBy(proxy, others.map(asIfServing)).http.middlewares,
    ...providedBy(proxy, others).http.middlewares,
  };
}

/** What Traefik would make of a container if it ran: of one that does not, only its labels count here. */
function asIfServing(container: ContainerFacts): ContainerFacts {
  const addresses = Object.keys(container.addresses).length > 0 ? container.addresses : { none: '127.0.0.1' };
  return { ...regardlessOfHealth(container), status: 'running', addresses };
}

function acknowledgement({ get, proxy, waiter }: PageContext, since: number): Acknowledgement {
  return { get, proxy, waiter, since, limits: defaultLimits };
}
