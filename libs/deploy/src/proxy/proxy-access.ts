import path from 'node:path';

import type { Docker } from '@itsup/docker';
import { apiAddressOf, isCheckedVersion } from '@itsup/traefik';
import { parse } from 'yaml';

import type { Observed } from '../plan/observe';
import { handoverLabel, readHandover, type ProxyAccess } from '@itsup/rollout';
import { readFileOrNull } from '../state/atomic-file';
import { STATIC_FILE } from '../publish/published-file';
import { apiSecretOf, readIdentity } from '../state/identity';
import type { State } from '../state/state';
import { TRAEFIK, PROXY_STACK } from '../requests';
import { fileFaultInLog } from './file-fault';
import { handoverFolder } from './traefik-service';

/**
 * How rollouts reach the running Traefik; null when none runs, and nothing routes to anybody.
 *
 * @param docker tells whether the temporary instance of a hand-over that was killed still runs; after a start of the
 * host it does not
 * @param note told, once, of a Traefik that should run and does not
 */
export async function proxyAccess(
  state: State,
  observed: Observed,
  docker: Pick<Docker, 'listContainers' | 'logs'>,
  note: (text: string) => void = () => undefined,
): Promise<ProxyAccess | null> {
  const running = (observed.get(PROXY_STACK) ?? []).find(
    (container) => container.service === TRAEFIK && container.state === 'running',
  );
  const text = await readFileOrNull(path.join(state.dir, STATIC_FILE));
  if (text === null) return null;
  if (running === undefined) {
    note('Traefik does not run, so nothing from outside arrives; start it: itsup deploy proxy');
    return null;
  }
  const staticConfiguration = parsed(text);
  const identity = await readIdentity(state);
  let told = false;
  const temporaryApi = async (): Promise<string[]> => {
    const folder = handoverFolder(state);
    const handover = await readHandover(folder);
    if (handover === null) return [];
    const instances = await docker.listContainers({ labelFilters: [`${handoverLabel}=${folder}`] });
    if (instances.some((instance) => instance.state === 'running')) return [handover.api];
    if (!told)
      note(
        'a hand-over of Traefik was not finished, and its temporary Traefik does not run; finish it: itsup deploy proxy',
      );
    told = true;
    return [];
  };
  return {
    dynamicFolder: state.dynamicDir,
    apis: async () => [apiAddressOf(staticConfiguration), ...(await temporaryApi())],
    apiSecret: identity === null ? null : apiSecretOf(identity),
    staticConfiguration,
    knowsTypes: isCheckedVersion(running.image),
    faultInLog: (since) => fileFaultInLog(docker, running.id, since),
  };
}

type StaticConfiguration = Readonly<Record<string, unknown>>;

let last: { text: string; configuration: StaticConfiguration } | null = null;

/**
 * Every stack of a run finds the same text, and with hundreds of entry points parsing it takes longer than the rest.
 */
export function parsed(text: string): StaticConfiguration {
  if (last?.text !== text)
    last = { text, configuration: (parse(text, { merge: true }) ?? {}) as StaticConfiguration };
  return last.configuration;
}
