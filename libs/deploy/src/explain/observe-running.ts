import type { Workspace } from '@itsup/config';
import { type ContainerSummary, DockerError, OF_COMPOSE } from '@itsup/docker';
import type { Explanation } from '@itsup/routing';

import type { DeployContext } from '../context';
import { proxyAccess } from '../proxy/proxy-access';
import { getText } from '../execute/network-probes';
import { byProject, observe } from '../plan/observe';
import { createTraefikApi, TraefikApiError } from '@itsup/rollout';
import { judgeRunning, type Observation } from './judge-running';
import type { RunningFacts } from './model';

/** Faults that say that there is no engine to ask. */
const ABSENT: ReadonlySet<string> = new Set(['docker-missing', 'engine-unreachable', 'permission-denied']);

/**
 * Adds to an explanation what runs: containers, and what the running Traefik says. Changes nothing, and takes an engine
 * or a Traefik that does not answer as a fact like any other.
 */
export async function observeRunning(
  context: DeployContext,
  explanation: Explanation,
  workspace: Workspace,
): Promise<RunningFacts> {
  const { engine, listing } = await listEngine(context);
  const traefik = engine.reachable
    ? await askTraefik(context, listing)
    : { served: null, reason: engine.reason };
  return judgeRunning(explanation, workspace, { engine, listing, ...traefik });
}

async function listEngine({ docker }: DeployContext): Promise<Pick<Observation, 'engine' | 'listing'>> {
  try {
    const listing = await docker.listContainers({ labelFilters: [...OF_COMPOSE] });
    return { engine: { reachable: true, reason: null }, listing };
  } catch (error) {
    if (!(error instanceof DockerError) || !ABSENT.has(error.code)) throw error;
    return { engine: { reachable: false, reason: error.message }, listing: [] };
  }
}

async function askTraefik(
  { state, docker }: DeployContext,
  listing: ContainerSummary[],
): Promise<Pick<Observation, 'served' | 'reason'>> {
  const access = await proxyAccess(state, byProject(observe(listing)), docker);
  const [address] = (await access?.apis()) ?? [];
  if (address === undefined) return { served: null, reason: null };
  const api = createTraefikApi(address, getText, access?.apiSecret ?? null);
  try {
    const [configuration, entryPoints] = await Promise.all([api.rawData(), api.entryPoints()]);
    return { served: { configuration, entryPoints }, reason: null };
  } catch (error) {
    if (error instanceof TraefikApiError) return { served: null, reason: error.message };
    throw error;
  }
}
