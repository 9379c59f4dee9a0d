import type { Docker } from '@itsup/docker';
import { askedNames, askedOrders, type AskedOrder, type ProxyAccess } from '@itsup/rollout';
import {
  acmeResolvers,
  createTraefikApi,
  TraefikApiError,
  type AcmeResolver,
  type ServedCertificate,
  type TraefikApi,
} from '@itsup/traefik';

import type { Observed } from '../plan/observe';
import { getText } from '../proxy/network-probes';
import { proxyAccess } from '../proxy/proxy-access';
import { TRAEFIK, PROXY_STACK } from '../requests';
import type { State } from '../state/state';

/** The running Traefik: its API, and the container whose log it writes. */
export interface RunningTraefik {
  access: Pick<ProxyAccess, 'apis' | 'apiSecret' | 'staticConfiguration'>;
  container: string;
}

/** null: none runs. */
export async function runningTraefik(
  state: State,
  docker: Pick<Docker, 'listContainers' | 'logs'>,
  observed: Observed,
): Promise<RunningTraefik | null> {
  const container = (observed.get(PROXY_STACK) ?? []).find(
    ({ service, state: now }) => service === TRAEFIK && now === 'running',
  );
  if (container === undefined) return null;
  const access = await proxyAccess(state, observed, docker);
  return access === null ? null : { access, container: container.id };
}

/** Lines of Traefik's log that are looked through at most: access log and all. */
export const LOG_LINES = 20_000;

/** ACME resolvers of the running Traefik. */
export function resolversOf({ access }: Pick<RunningTraefik, 'access'>): AcmeResolver[] {
  return acmeResolvers(access.staticConfiguration);
}

/** What it serves; null: it does not answer. */
export function servedBy(access: RunningTraefik['access']): Promise<ServedCertificate[] | null> {
  return asking(access, (api) => api.certificates());
}

/** What its routers ask for; null: it does not answer. */
export function ordersOf(access: RunningTraefik['access']): Promise<AskedOrder[] | null> {
  return asking(access, async (api) => askedOrders(await api.rawData()));
}

/** The names among that; none where it does not answer. */
export async function namesAskedOf(access: RunningTraefik['access']): Promise<string[]> {
  return (await asking(access, async (api) => askedNames(await api.rawData()))) ?? [];
}

async function asking<T>(
  access: RunningTraefik['access'],
  ask: (api: TraefikApi) => Promise<T>,
): Promise<T | null> {
  const [address] = await access.apis();
  if (address === undefined) return null;
  try {
    return await ask(createTraefikApi(address, getText, access.apiSecret));
  } catch (error) {
    if (error instanceof TraefikApiError) return null;
    throw error;
  }
}
