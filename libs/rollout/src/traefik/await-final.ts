import { apiAddressOf, type Tree } from '@itsup/traefik';
import type { Waiter } from '../procedure/waiting';
import type { HandoverContext, HandoverLimits } from './types';
import { resolverNames, type StoredNames } from './temporary/demanded-names';
import { awaitAsked, awaitServing } from './temporary/ready';

export interface FinalInstance {
  /** Its static configuration. */
  next: Tree;
  /** API of the temporary instance, which it has to match. */
  temporary: string;
  /** Certificates that are stored now. */
  stored: readonly StoredNames[];
  /** Those that were stored before the temporary instance started. */
  known: readonly StoredNames[];
  limits: Pick<HandoverLimits, 'readyTimeout' | 'certificates' | 'interval'>;
}

/**
 * Waits until the final instance serves what it can. What it asks for anew has time to come, while the temporary one
 * still has it.
 *
 * @throws RolloutError when the time is up, with what is missing
 */
export async function awaitFinal(
  context: HandoverContext,
  waiter: Waiter,
  { next, temporary, stored, known, limits }: FinalInstance,
): Promise<void> {
  const { readyTimeout, certificates: limitMs, interval: intervalMs } = limits;
  const address = apiAddressOf(next);
  const gone = known.filter(({ names }) => !stored.some((one) => one.names.join() === names.join()));
  const resolvers = resolverNames(next);
  // Of what is not stored any more it is known, too, that it is a resolver's.
  const certificates = [...stored, ...gone.map((one) => ({ ...one, expires: 0 }))];
  await awaitServing(context, waiter, {
    address,
    model: temporary,
    stored: { certificates, resolvers },
    limitMs: readyTimeout,
    intervalMs,
  });
  const missing = await awaitAsked(context, waiter, {
    address,
    model: temporary,
    resolvers,
    limitMs,
    intervalMs,
  });
  if (missing.length > 0)
    context.report({
      type: 'note',
      text: `no certificate yet for ${missing.join(', ')}, which the new Traefik asks for`,
    });
}
