import path from 'node:path';

import { parse } from 'yaml';

import type { Observed } from '../plan/observe';
import type { ProxyAccess } from '../rollout/index';
import { readFileOrNull } from '../state/atomic-file';
import type { State } from '../state/state';
import { PROXY_STACK } from '../stacks/model';

const DEFAULT_API = '127.0.0.1:8082';

/** How rollouts reach the running Traefik; null when none runs, and nothing routes to anybody. */
export async function proxyAccess(state: State, observed: Observed): Promise<ProxyAccess | null> {
  const runs = (observed.get(PROXY_STACK) ?? []).some(
    (container) => container.service === 'traefik' && container.state === 'running',
  );
  const text = runs ? await readFileOrNull(path.join(state.traefikDir, 'traefik.yml')) : null;
  if (text === null) return null;
  const staticConfiguration = (parse(text, { merge: true }) ?? {}) as Record<string, unknown>;
  return {
    dynamicFolder: state.dynamicDir,
    apis: () => Promise.resolve([`http://${apiAddress(staticConfiguration)}`]),
    staticConfiguration,
  };
}

/** `api.insecure` serves on the entry point named `traefik`. */
function apiAddress(staticConfiguration: Record<string, unknown>): string {
  const entryPoints = staticConfiguration['entryPoints'] as Record<string, { address?: unknown }> | undefined;
  const address = entryPoints?.['traefik']?.address;
  return typeof address === 'string' ? address : DEFAULT_API;
}
