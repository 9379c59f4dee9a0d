import type { PacketFilter } from '@itsup/docker';

import { apiAddressOf } from './entry-points';
import { removeInstances, startInstance } from './handover-instances';
import { clearHandover, saveHandover } from './handover-state';
import type {
  HandoverContext,
  HandoverLimits,
  HandoverMode,
  HandoverRequest,
  HandoverState,
} from './handover-types';
import { removeAcceptRules } from './redirect';
import { chooseShadows, shadowConfiguration } from './shadow-configuration';
import type { Tree } from '../tree-access';

/** Seconds that an instance gets to stop when its drain is over: the time of whoever is still connected has passed. */
export const drainedGraceSeconds = 1;

const drainMs = 15_000;

/**
 * Starts the temporary instance: on ports of its own where packets are redirected to it, else on the public ones. What a later deploy has to
 * know of it is saved before.
 *
 * @returns the container's id, and what was saved
 */
export async function startTemporary(
  context: HandoverContext,
  request: HandoverRequest,
  { current, next }: { current: Tree; next: Tree },
  mode: HandoverMode,
): Promise<{ id: string; state: HandoverState }> {
  const listening = await context.docker.listeners();
  const chosen = chooseShadows(next, (port) => listening.some((listener) => listener.port === port));
  const shadows =
    mode === 'redirect'
      ? chosen.shadows
      : chosen.shadows.map((shadow) => ({ ...shadow, shadowPort: shadow.port }));
  const state: HandoverState = {
    version: 1,
    mode,
    api: `http://127.0.0.1:${chosen.apiPort}`,
    publicApis: [...new Set([apiAddressOf(current), apiAddressOf(next)])],
    phase: 'temporary',
    shadows,
  };
  await saveHandover(request.folder, state);
  const configuration = shadowConfiguration(next, shadows, chosen.apiPort);
  return { id: await startInstance(context, request, 'temporary', configuration, 'host'), state };
}

/** How long connections may take to leave the temporary instance, which asks them to, and how long it serves on then. */
export function temporaryDrain({ drain, linger }: HandoverLimits): { limitMs: number; lingerMs: number } {
  return { limitMs: drain ?? drainMs, lingerMs: linger };
}

/** Stops and removes what a hand-over with this folder started, with its last rules and all that it wrote. */
export async function removeTemporary(
  context: HandoverContext,
  folder: string,
  filter: PacketFilter | null,
  graceSeconds: number,
): Promise<void> {
  await removeInstances(context, folder, graceSeconds);
  if (filter) await removeAcceptRules(filter);
  // Last, for the folder tells the next deploy that there is something to settle.
  await clearHandover(folder);
}
