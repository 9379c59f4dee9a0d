import { drain } from '../drain/drain';
import type { Session } from '../pin/session';
import type { ProvidedService } from '../provider/provided-configuration';
import type { ContainerFacts, DrainOptions } from '../types';
import { awaitEnded, awaitQuiet, withoutShared } from './await-quiet';

/**
 * Waits until nothing but short requests is under way at these ends.
 *
 * @param before names of the connections that were open before the pin
 * @returns names of those that nobody should wait for any longer
 */
export async function waitQuiet(
  session: Session,
  ends: ProvidedService['ends'],
  before: readonly string[],
  limitMs: number,
): Promise<string[]> {
  const { connections } = session.context;
  if (connections === null) return [];
  const waiter = session.waiter('wait-quiet');
  const left = await awaitQuiet(withoutShared(connections, before), ends, limitMs, waiter);
  tellCut(session, left.length, `after ${Math.round(limitMs / 1000)} s`);
  return left;
}

/** Waits for the last short requests, when nothing new comes. */
export async function waitEnded(
  session: Session,
  ends: ProvidedService['ends'],
  except: readonly string[],
): Promise<void> {
  const { connections } = session.context;
  if (connections === null) return;
  const left = await awaitEnded(connections, ends, except, session.waiter('hold'));
  tellCut(session, left, 'while others wait');
}

function tellCut(session: Session, count: number, when: string): void {
  if (count > 0)
    session.note(`${count} connection${count === 1 ? '' : 's'} still open ${when}; they are cut`);
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
