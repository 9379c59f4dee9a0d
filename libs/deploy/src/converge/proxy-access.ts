import path from 'node:path';

import { parse } from 'yaml';

import type { Observed } from '../plan/observe';
import { apiAddressOf, readHandover, type ProxyAccess } from '../rollout/index';
import { readFileOrNull } from '../state/atomic-file';
import type { State } from '../state/state';
import { PROXY_STACK } from '../stacks/model';
import { handoverFolder } from './hand-over-traefik';

/** How rollouts reach the running Traefik; null when none runs, and nothing routes to anybody. */
export async function proxyAccess(state: State, observed: Observed): Promise<ProxyAccess | null> {
  const runs = (observed.get(PROXY_STACK) ?? []).some(
    (container) => container.service === 'traefik' && container.state === 'running',
  );
  const text = runs ? await readFileOrNull(path.join(state.traefikDir, 'traefik.yml')) : null;
  if (text === null) return null;
  const staticConfiguration = parsed(text);
  return {
    dynamicFolder: state.dynamicDir,
    apis: async () => {
      const handover = await readHandover(handoverFolder(state));
      return [apiAddressOf(staticConfiguration), ...(handover === null ? [] : [handover.api])];
    },
    staticConfiguration,
  };
}

type StaticConfiguration = Readonly<Record<string, unknown>>;

let last: { text: string; configuration: StaticConfiguration } | null = null;

/** Every stack of a run finds the same text, and with hundreds of entry points parsing it takes longer than the rest. */
function parsed(text: string): StaticConfiguration {
  if (last?.text !== text)
    last = { text, configuration: (parse(text, { merge: true }) ?? {}) as StaticConfiguration };
  return last.configuration;
}
