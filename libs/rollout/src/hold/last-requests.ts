import { drain } from '../drain/drain';
import type { Session } from '../pin/session';
import type { ContainerFacts, DrainOptions } from '../types';
import { awaitQuiet } from './await-quiet';

/**
 * Waits until nothing but short requests is under way at these ends.
 *
 * @returns names of the connections that were still open when the time was up
 */
export async function waitQuiet(
  session: Session,
  ends: { address: string; port: number }[],
  limitMs: number,
): Promise<string[]> {
  const { connections } = session.context;
  if (connections === null) return [];
  const left = await awaitQuiet(connections, ends, limitMs, session.waiter('wait-quiet'));
  if (left.length > 0)
    session.note(
      `${left.length} connection${left.length === 1 ? '' : 's'} still open after ${Math.round(limitMs / 1000)} s; they are cut`,
    );
  return left;
}

/**
 * Runs the operator's own drain hook in the old containers. The convention of the file is left out: it leads clients
 * away, and none comes any more.
 */
export async function runOwnHook(
  session: Session,
  { hook }: DrainOptions,
  old: ContainerFacts[],
): Promise<void> {
  if (hook === 'auto' || hook === null) return;
  const context = { ...session.context, connections: null };
  await drain(context, old, [], { hook, deadlineMs: 0 }, session.waiter('hold'), (text) =>
    session.note(text),
  );
}
