import type { Session } from '../pin/session';
import { endsOf } from '../provider/provided-configuration';
import type { ContainerFacts, RecreateRequest, RecreateStep } from '../types';
import type { Hold } from './hold';
import { runOwnHook, waitEnded, waitQuiet } from './last-requests';

export interface LeadToHoldOptions {
  hold: Hold;
  old: ContainerFacts[];
  request: Pick<RecreateRequest, 'drain' | 'hold'>;
  /** Called when the first of them is about to wait. */
  onHeld(): void;
}

/**
 * Everybody is served by the old containers until nothing but short requests is under way; then whoever comes is held.
 * @returns false: no request arrives at the listeners, which are closed, and everything is as it was
 */
export async function leadToHold(
  session: Session,
  step: <T>(name: RecreateStep, act: () => Promise<T>) => Promise<T>,
  { hold, old, request, onHeld }: LeadToHoldOptions,
): Promise<boolean> {
  const ends = endsOf(session.provided(old));
  const before = await step('pin-old', async () => {
    const open = (await session.context.connections?.listTo(ends)) ?? [];
    await session.pinInManner('pin-old', session.provided(old), { connections: 'fresh', ...hold.manner });
    return open;
  });
  if (!(await step('prove-hold', () => hold.isProved()))) {
    await session.unpin('prove-hold');
    hold.close();
    return false;
  }
  const long = await step('wait-quiet', () => waitQuiet(session, ends, before, request.drain.deadlineMs));
  await step('hold', async () => {
    onHeld();
    hold.begin(request.hold.limitMs, request.hold.page);
    await session.pinInManner('hold', hold.configuration(old), { connections: 'listener' });
    await runOwnHook(session, request.drain, old);
    await waitEnded(session, ends, long);
  });
  return true;
}
