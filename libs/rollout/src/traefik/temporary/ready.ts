import {
  createTraefikApi,
  isCovered,
  listField,
  nameOf,
  textField,
  TraefikApiError,
  TraefikApiRefusal,
  type ServedCertificate,
  type ServedConfiguration,
  type ServedSection,
} from '@itsup/traefik';

import { demandedNames, namesOnTheirWay, type Stored } from './demanded-names';
import { ownRoutes } from './files';
import { mustRun } from './instances';
import type { HandoverContext } from '../types';
import { protocols } from '../../provider/provided-configuration';
import { RolloutError } from '../../procedure/rollout-error';
import { waitFor, type Waiter } from '../../procedure/waiting';

/** What one Traefik serves, as far as another one has to match it. */
export interface Serving {
  configuration: ServedConfiguration;
  entryPoints: string[];
  certificates: ServedCertificate[];
}

/**
 * Whether a new instance serves all that the old one does: routers that work, with their rules; services with their
 * servers; certificates. What Traefik makes by itself (`@internal`), the route of challenges to it, and what belongs to
 * an entry point that the new one does not have is left out.
 *
 * @param names that it has to have certificates for
 * @returns empty: it does. Else what is missing first, in words
 */
export function missingFrom(old: Serving, fresh: Serving, names: readonly string[]): string {
  const points = new Set(fresh.entryPoints);
  for (const protocol of protocols) {
    for (const [name, router] of old.configuration[protocol].routers) {
      if (isItsOwn(name) || router.status === 'disabled') continue;
      if (textField(router.definition, 'service') === challengeService) continue;
      const wanted = listField(router.definition, 'entryPoints');
      if (wanted.length > 0 && !wanted.some((point) => points.has(point))) continue;
      const found = fresh.configuration[protocol].routers.get(name);
      if (!found) return `router ${name} is not there`;
      if (found.status === 'disabled') return `router ${name}: ${found.errors.join('; ') || 'disabled'}`;
      if ((textField(found.definition, 'rule') ?? '') !== (textField(router.definition, 'rule') ?? '')) {
        return `router ${name} has another rule`;
      }
    }
    for (const [name, service] of old.configuration[protocol].services) {
      if (isItsOwn(name) || service.status === 'disabled') continue;
      const found = fresh.configuration[protocol].services.get(name);
      if (!found) return `service ${name} is not there`;
      if (serversOf(found.definition) !== serversOf(service.definition))
        return `service ${name} has other servers`;
    }
  }
  const missing = names.find((name) => !hasCertificate(fresh, name));
  return missing === undefined ? '' : `there is no certificate for ${missing}`;
}

/** What Traefik makes by itself, and what only a temporary instance has. */
function isItsOwn(name: string): boolean {
  return nameOf(name, 'internal') !== null || name.startsWith(ownRoutes);
}

/** Traefik's own answer to challenges, which only an instance with a resolver has. */
const challengeService = 'acme-http@internal';

function hasCertificate({ certificates }: Serving, name: string): boolean {
  return certificates.some(({ names }) => isCovered(name, names));
}

function serversOf(definition: Record<string, unknown>): string {
  const loadBalancer = definition['loadBalancer'] as
    { servers?: { url?: string; address?: string }[] } | undefined;
  return (loadBalancer?.servers ?? [])
    .map(({ url, address }) => url ?? address ?? '')
    .sort()
    .join();
}

export interface AwaitServingOptions {
  /** API of the instance that has to become ready. */
  address: string;
  /** API of the one that it has to match; null: it is ready as soon as it answers. */
  model: string | null;
  /** What is to be had of its certificates. */
  stored: Stored;
  /** Its container, when it is ours: the wait ends when that ends. */
  container?: string;
  /**
   * Of the model what containers bring is compared, and nothing else: it reads other files. One whose API does not
   * answer, because its files are gone, is compared with nothing; ready is then who has the same routes for a second.
   */
  onlyContainers?: boolean;
  limitMs: number;
  intervalMs: number;
}

/** @throws RolloutError when the time is up, with what is missing */
export async function awaitServing(
  context: HandoverContext,
  waiter: Waiter,
  { address, model, stored, container, onlyContainers = false, limitMs, intervalMs }: AwaitServingOptions,
): Promise<void> {
  let missing = '';
  const changes = calmWatch(() => waiter.clock.now());
  await waitFor(
    waiter,
    { what: 'the new Traefik to serve what the old one serves', limitMs, intervalMs },
    async () => {
      if (container !== undefined) await mustRun(context, container);
      try {
        const fresh = await servingOf(context, address);
        const old = await modelServing(context, model, onlyContainers);
        if (old === null) missing = onlyContainers ? changes(fresh) : '';
        else if (onlyContainers) missing = missingFrom(broughtByContainers(old), fresh, []);
        else missing = missingFrom(old, fresh, demandedNames(old, stored, context.clock.now()));
      } catch (error) {
        missing = error instanceof Error ? error.message : String(error);
      }
      return missing === '' ? true : null;
    },
    () => missing,
  );
}

const CALM_MS = 1_000;

/** Tells of routes that still come and go; empty: they are the same for a second. */
function calmWatch(now: () => number): (serving: Serving) => string {
  let last: { names: string; since: number } | null = null;
  return ({ configuration }) => {
    const names = protocols.flatMap((protocol) => [...configuration[protocol].routers.keys()].sort()).join();
    if (last === null || names !== last.names) last = { names, since: now() };
    return now() - last.since < CALM_MS ? 'its routes still change' : '';
  };
}

/** Without what comes of files: routers and services of other providers, and certificates. */
function broughtByContainers({ configuration, entryPoints }: Serving): Serving {
  const only = (section: ServedSection): ServedSection => {
    const own = (objects: ServedSection['routers']): ServedSection['routers'] =>
      new Map([...objects].filter(([name]) => nameOf(name, 'docker') !== null));
    return { routers: own(section.routers), services: own(section.services), middlewares: new Map() };
  };
  const { http, tcp, udp } = configuration;
  return {
    configuration: { http: only(http), tcp: only(tcp), udp: only(udp) },
    entryPoints,
    certificates: [],
  };
}

/**
 * Waits for certificates that the instance at `address` asks for and the one at `model` still serves: nobody's site is
 * without one meanwhile. Ends when the time is up, too.
 * @returns the names that have none then
 */
export async function awaitAsked(
  context: HandoverContext,
  waiter: Waiter,
  {
    address,
    model,
    resolvers,
    limitMs,
    intervalMs,
  }: Pick<AwaitServingOptions, 'address' | 'limitMs' | 'intervalMs'> & {
    model: string;
    /** That the instance has: what routers ask of another one does not come. */
    resolvers: readonly string[];
  },
): Promise<string[]> {
  let missing: string[] = [];
  const what = 'certificates that the new Traefik asks for';
  try {
    await waitFor(waiter, { what, limitMs, intervalMs }, async () => {
      const [fresh, old] = await Promise.all([servingOf(context, address), servingOf(context, model)]);
      missing = namesOnTheirWay(fresh, old, resolvers);
      return missing.length === 0 ? true : null;
    });
  } catch (error) {
    if (!(error instanceof RolloutError) && !(error instanceof TraefikApiError)) throw error;
  }
  return missing;
}

/**
 * What the model serves; null: there is none, or it was started with another state folder's secret and tells us
 * nothing.
 * @param mayBeSilent it may also answer in another way than Traefik's API does, for want of the files that let us in
 */
async function modelServing(
  context: HandoverContext,
  model: string | null,
  mayBeSilent: boolean,
): Promise<Serving | null> {
  if (model === null) return null;
  try {
    return await servingOf(context, model);
  } catch (error) {
    if (mayBeSilent && error instanceof TraefikApiError) return null;
    if (!(error instanceof TraefikApiRefusal)) throw error;
    context.report({
      type: 'note',
      text: 'the running Traefik does not take this state folder’s secret, so whether the new one serves the same could not be compared',
    });
    return null;
  }
}

/** Rejects when the API does not answer. */
export async function servingOf(
  context: Pick<HandoverContext, 'get' | 'apiSecret'>,
  address: string,
): Promise<Serving> {
  const api = createTraefikApi(address, context.get, context.apiSecret);
  const [configuration, entryPoints, certificates] = await Promise.all([
    api.rawData(),
    api.entryPoints(),
    api.certificates(),
  ]);
  return { configuration, entryPoints, certificates };
}
