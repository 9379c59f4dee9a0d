import type { Docker } from '@itsup/docker';
import type { ProxyAccess } from '@itsup/rollout';

import type { Observed } from '../plan/observe';
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
