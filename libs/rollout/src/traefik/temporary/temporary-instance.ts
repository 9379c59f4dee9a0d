import type { PacketFilter } from '@itsup/docker';
import { apiAddressOf, type StoredCertificate, type Tree } from '@itsup/traefik';

import { removeOwnFolder, withoutResolvers, writeOwnFiles } from './files';
import { removeInstances, startInstance } from './instances';
import { clearHandover, saveHandover } from '../state';
import type { HandoverContext, HandoverLimits, HandoverMode, HandoverRequest, HandoverState } from '../types';
import { removeAcceptRules } from '../redirect/redirect';
import { chooseShadows, shadowConfiguration } from './shadow-configuration';

/** Seconds that an instance gets to stop when its drain is over: the time of whoever is still connected has passed. */
export const drainedGraceSeconds = 1;

const drainMs = 15_000;

/**
 * Starts the temporary instance: on ports of its own where packets are redirected to it, else on the public ones. What
 * a later deploy has to know of it is saved before.
 *
 * @returns the container's id, what was saved, and the certificates that it has
 */
export async function startTemporary(
  context: HandoverContext,
  request: HandoverRequest,
  { current, next }: { current: Tree; next: Tree },
  mode: HandoverMode,
): Promise<{ id: string; state: HandoverState; certificates: StoredCertificate[] }> {
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
  const certificates = await request.certificates();
  const trees = { current, next };
  const mounts = await writeOwnFiles(request.folder, request.dynamicFolder, certificates, trees);
  const configuration = withoutResolvers(shadowConfiguration(next, shadows, chosen.apiPort));
  const id = await startInstance(context, request, 'temporary', configuration, 'host', mounts);
  return { id, state, certificates };
}

/**
 * How long connections may take to leave the temporary instance, which asks them to, and how long it serves on then.
 */
export function temporaryDrain({ drain, linger }: HandoverLimits): { limitMs: number; lingerMs: number } {
  return { limitMs: drain ?? drainMs, lingerMs: linger };
}

/** Stops and removes what a hand-over with this folder started, with its last rules and all that it wrote. */
export async function removeTemporary(
  context: HandoverContext,
  { folder, dynamicFolder }: Pick<HandoverRequest, 'folder' | 'dynamicFolder'>,
  filter: PacketFilter | null,
  graceSeconds: number,
): Promise<void> {
  await removeInstances(context, folder, graceSeconds);
  if (filter) await removeAcceptRules(filter);
  await removeOwnFolder(dynamicFolder);
  // Last, for the folder tells the next deploy that there is something to settle.
  await clearHandover(folder);
}
