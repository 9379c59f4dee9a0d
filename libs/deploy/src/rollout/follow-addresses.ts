import { isServing } from './provided-configuration';
import { endsOf, type Session } from './session';
import type { ContainerFacts } from './types';

/**
 * A container that restarts may come back with another address, and the engine gives the old one to somebody else: the pin goes along.
 *
 * @param containers whom the pin leads to now
 * @returns to be called between two looks of a wait
 */
export function followAddresses(session: Session, containers: ContainerFacts[]): () => Promise<void> {
  const ids = containers.map((container) => container.id);
  let known = JSON.stringify(endsOf(session.provided(containers)));
  return async () => {
    const now = (await session.context.docker.inspect(ids)).filter(isServing);
    const ends = JSON.stringify(endsOf(session.provided(now)));
    if (now.length === 0 || ends === known) return;
    known = ends;
    await session.repin(now);
  };
}
