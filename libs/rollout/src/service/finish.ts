import { drain } from '../drain/drain';
import { FreshWatch } from '../readiness/fresh-watch';
import { regardlessOfHealth } from '../provider/docker-provider';
import { endsOf } from '../provider/provided-configuration';
import { awaitEngineHealth } from './engine-health';
import type { Session } from '../pin/session';
import type { StepRunner } from '../procedure/step-runner';
import type {
  ContainerFacts,
  DrainOptions,
  DynamicConfiguration,
  RolloutDocker,
  RolloutStep,
} from '../types';

export interface FinishOptions {
  /** Still there; may be empty when a killed rollout had removed them. */
  old: ContainerFacts[];
  fresh: ContainerFacts[];
  drain: DrainOptions;
  fileRoutes: DynamicConfiguration | null;
  publishRoutes: ((routes: DynamicConfiguration) => Promise<void>) | null;
  preStop?: ((ids: string[]) => Promise<void>) | undefined;
  /** Called when the first old container is about to be stopped: from here there is no way back. */
  onPointOfNoReturn(): void;
}

/** Everything after the switch: the pin leads to the fresh containers, the old ones get nothing new. */
export async function finish(
  session: Session,
  steps: StepRunner<RolloutStep>,
  options: FinishOptions,
): Promise<void> {
  const { old, fileRoutes, publishRoutes } = options;
  const { docker } = session.context;
  const ids = old.map((container) => container.id);
  let fresh = options.fresh;
  await steps.run('drain', async () => {
    // The drain hook makes a container unhealthy; what is open to it counts nevertheless. Without an old one to go back
    // to, nothing would be gained by giving up.
    if (ids.length === 0) return;
    const watch = new FreshWatch(session, fresh, (serving) =>
      session.pinAsWanted('drain', serving, fileRoutes, old),
    );
    await drain(
      session.context,
      old,
      endsOf(session.provided(old.map(regardlessOfHealth))),
      { ...options.drain, between: () => watch.look() },
      session.waiter('drain'),
      (text) => session.note(text),
    );
    fresh = await watch.settled();
  });
  await steps.run('stop-old', async () => {
    options.onPointOfNoReturn();
    if (ids.length > 0) await options.preStop?.(ids);
    if (ids.length > 0) await docker.stop(ids, { graceSeconds: null });
  });
  const removal = beginRemoval(docker, ids);
  await steps.run('publish-routes', async () => {
    if (publishRoutes) await session.retry(() => publishRoutes(fileRoutes ?? {}));
  });
  await steps.run('await-labels', async () => {
    fresh = await awaitEngineHealth(session, 'await-labels', fresh);
    await session.awaitLabels('await-labels', fresh);
  });
  await steps.run('unpin', () => session.unpin('unpin'));
  await steps.run('remove-old', () => removal.done);
}

/**
 * Removes stopped containers while other steps go on.
 * @returns what the step that comes to it at last waits for, and fails with
 */
export function beginRemoval(docker: RolloutDocker, ids: string[]): { done: Promise<void> } {
  const done = ids.length === 0 ? Promise.resolve() : docker.remove(ids, { force: true, keepVolumes: true });
  done.catch(() => undefined);
  return { done };
}
