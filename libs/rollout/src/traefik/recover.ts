import type { PacketFilter, HelperImage } from '@itsup/docker';

import { instancesOf } from './temporary/instances';
import type { Stored } from './temporary/demanded-names';
import { awaitServing, servingOf } from './temporary/ready';
import { clearHandover, readHandover } from './state';
import { drainPorts } from './redirect/drain-ports';
import { defaultHandoverLimits, type HandoverContext, type HandoverState } from './types';
import { handoverRules, removeRedirect } from './redirect/redirect';
import { RolloutError } from '../procedure/rollout-error';
import { drainedGraceSeconds, removeTemporary, temporaryDrain } from './temporary/temporary-instance';
import type { Waiter } from '../procedure/waiting';

export interface HandoverRecovery {
  /** As in the request of a hand-over. */
  folder: string;
  helperImage?: HelperImage;
  /** As in the request of a hand-over. */
  dynamicFolder: string;
  /** What acme.json holds, and the resolvers of the published static configuration. */
  stored(): Promise<Stored>;
  /** Starts or replaces the container on the public ports, with the published static configuration. */
  replace(): Promise<void>;
}

/**
 * Settles what a killed hand-over left: the instance on the public ports is brought up when it is not, and only when it
 * serves all that the temporary one serves, new connections go to it again and the temporary one goes.
 *
 * @returns whether there was anything to settle
 * @throws RolloutError when the instance on the public ports cannot be brought up; the temporary one then goes on
 * serving
 */
export async function recoverHandover(
  context: HandoverContext,
  recovery: HandoverRecovery,
): Promise<boolean> {
  const { folder, helperImage } = recovery;
  const found = await context.docker.packetFilter(helperImage === undefined ? {} : { helperImage });
  const filter = found.available ? found.filter : null;
  const state = await readHandover(folder);
  const instances = await instancesOf(context, folder);
  // A rule stays until the last connection has left the temporary instance.
  const redirect = filter !== null && (await handoverRules(filter)).length > 0 ? filter : null;
  if (state === null && instances.length === 0 && redirect === null) {
    await clearHandover(folder);
    return false;
  }

  context.report({ type: 'note', text: 'settles a hand-over of Traefik that was killed' });
  const served = state !== null && (await answers(context, state.api));
  if (redirect !== null && !served) await removeRedirect(redirect);
  if (state !== null && served) await returnTraffic(context, recovery, state, redirect);
  else if (state?.phase === 'replacing') await recovery.replace();
  await removeTemporary(context, recovery, filter, redirect === null ? 10 : drainedGraceSeconds);
  return true;
}

/** The temporary instance serves: nothing is lost while the other one is brought up. */
async function returnTraffic(
  context: HandoverContext,
  recovery: HandoverRecovery,
  state: HandoverState,
  filter: PacketFilter | null,
): Promise<void> {
  const limits = { ...defaultHandoverLimits, ...context.limits };
  const ready = await firstAnswering(context, state.publicApis);
  if (state.phase === 'replacing' || ready === null) await recovery.replace();
  let address: string | null = null;
  const due = context.clock.now() + limits.readyTimeout;
  while ((address = await firstAnswering(context, state.publicApis)) === null) {
    if (context.clock.now() >= due) {
      throw new RolloutError('Traefik does not come up on the public ports; a temporary one goes on serving');
    }
    await context.clock.sleep(limits.interval, context.signal);
  }
  await awaitServing(context, waiter(context), {
    address,
    model: state.api,
    stored: await recovery.stored(),
    limitMs: limits.readyTimeout,
    intervalMs: limits.interval,
  });
  if (filter === null) return;
  await removeRedirect(filter);
  const ports = state.shadows.map(({ shadowPort }) => shadowPort);
  const what = 'connections to leave the temporary Traefik';
  await drainPorts(context, ports, waiter(context), {
    what,
    intervalMs: 250,
    ...temporaryDrain(limits),
  });
}

async function firstAnswering(context: HandoverContext, addresses: string[]): Promise<string | null> {
  for (const address of addresses) if (await answers(context, address)) return address;
  return null;
}

function answers(context: HandoverContext, address: string): Promise<boolean> {
  return servingOf(context, address).then(
    () => true,
    () => false,
  );
}

function waiter(context: HandoverContext): Waiter {
  return {
    clock: context.clock,
    signal: context.signal,
    onWaiting: (wait) => context.report({ type: 'waiting', step: 'restore', ...wait }),
  };
}
