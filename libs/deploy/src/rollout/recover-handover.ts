import type { PacketFilter, HelperImage } from '@itsup/docker';

import { instancesOf, removeInstances } from './handover-instances';
import { awaitServing, servingOf } from './handover-ready';
import { clearHandover, readHandover } from './handover-state';
import { drainPorts } from './handover-traffic';
import {
  defaultHandoverLimits,
  drainedGraceSeconds,
  type HandoverContext,
  type HandoverState,
} from './handover-types';
import { handoverTables, removeAcceptRules, removeRedirect } from './redirect';
import { RolloutError } from './rollout-error';
import type { Waiter } from './waiting';

export interface HandoverRecovery {
  /** As in the request of a hand-over. */
  folder: string;
  helperImage?: HelperImage;
  /** Starts or replaces the container on the public ports, with the published static configuration. */
  replace(): Promise<void>;
}

const drainMs = 15_000;

/**
 * Settles what a killed hand-over left: the instance on the public ports is brought up when it is not, and only when it serves all that the
 * temporary one serves, new connections go to it again and the temporary one goes.
 *
 * @returns whether there was anything to settle
 * @throws RolloutError when the instance on the public ports cannot be brought up; the temporary one then goes on serving
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
  const tables = filter === null ? [] : await handoverTables(filter);
  const redirecting = tables.includes('nat');
  // Its rules stay until the last connection has left the temporary instance.
  const byRedirect = filter !== null && tables.length > 0;
  if (state === null && instances.length === 0 && tables.length === 0) {
    await clearHandover(folder);
    return false;
  }

  context.report({ type: 'note', text: 'settles a hand-over of Traefik that was killed' });
  const served = state !== null && (await answers(context, state.api));
  if (filter !== null && redirecting && !served) await removeRedirect(filter);
  if (state !== null && served) await returnTraffic(context, recovery, state, byRedirect ? filter : null);
  else if (state?.phase === 'replacing') await recovery.replace();
  await removeInstances(context, folder, byRedirect ? drainedGraceSeconds : 10);
  if (filter) await removeAcceptRules(filter);
  await clearHandover(folder);
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
    limitMs: limits.readyTimeout,
    intervalMs: limits.interval,
  });
  if (filter === null) return;
  await removeRedirect(filter);
  const ports = state.shadows.map(({ shadowPort }) => shadowPort);
  const what = 'connections to leave the temporary Traefik';
  await drainPorts(context, ports, waiter(context), {
    what,
    limitMs: limits.drain ?? drainMs,
    lingerMs: limits.linger,
    intervalMs: 250,
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
