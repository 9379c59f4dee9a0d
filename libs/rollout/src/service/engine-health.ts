import { RolloutError } from '../procedure/rollout-error';
import { seconds, waitFor } from '../procedure/waiting';
import { failure } from '../readiness/await-ready';
import { isStarting, readinessOf, startBudget } from '../readiness/readiness';
import type { ContainerFacts, RolloutStep } from '../types';
import { regardlessOfHealth } from '../provider/docker-provider';
import { endsOf } from '../provider/provided-configuration';
import type { Session } from '../pin/session';

/**
 * Waits until the engine says too that containers are healthy that serve already, because their check succeeded when we
 * tried it. Traefik's docker provider shows no route of theirs before, so the pin stays, and goes along with an address
 * that changes.
 *
 * @param ready as `awaitReady` found them
 * @returns their facts by then
 * @throws RolloutError when one of them is not healthy after all
 */
export async function awaitEngineHealth(
  session: Session,
  step: RolloutStep,
  ready: ContainerFacts[],
): Promise<ContainerFacts[]> {
  const waitsFor = ready.find(isStarting);
  if (!waitsFor?.health) return ready;
  const { service } = session.subject;
  session.note(
    `${service} is ready and serves; the engine looks at it every ${seconds(waitsFor.health.interval)} and calls it healthy only then. ` +
      'Shorter: start_interval of its healthcheck, within start_period (Docker 25 and newer), or a shorter interval',
  );
  const { docker } = session.context;
  let known = endsIn(session, ready);
  return waitFor(
    session.waiter(step),
    {
      what: `the engine to call ${service} healthy`,
      limitMs: startBudget(ready, session.limits),
      intervalMs: (elapsedMs) => Math.min(Math.max(session.limits.healthInterval, elapsedMs / 20), 1000),
    },
    async () => {
      const now = await docker.inspect(ready.map(({ id }) => id));
      if (now.length < ready.length)
        throw new RolloutError(`${ready.length - now.length} of the new containers disappeared`);
      for (const container of now) {
        const verdict = readinessOf(container);
        if (verdict.state === 'failed') throw await failure(session.context, container, verdict.why);
      }
      const running = now.filter(({ status }) => status === 'running');
      const ends = endsIn(session, running);
      if (running.length > 0 && ends !== known) {
        known = ends;
        await session.repin(running.map(regardlessOfHealth));
      }
      return now.some((one) => isStarting(one) || one.status !== 'running') ? null : now;
    },
  );
}

function endsIn(session: Session, containers: ContainerFacts[]): string {
  return JSON.stringify(endsOf(session.provided(containers.map(regardlessOfHealth))));
}
