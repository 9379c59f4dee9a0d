import { RolloutError } from '../procedure/rollout-error';
import type { ContainerFacts } from '../types';

/** Containers that were started are not ready, and are not waited for any longer. */
export class NotReady extends RolloutError {
  constructor(
    message: string,
    details: string[],
    /**
     * The one that it is about runs, and nothing but the time that it takes, or its health check, says that it is not
     * ready. Else it ended, keeps ending, or is healthy at a port that does not answer.
     */
    readonly runsOn: boolean,
    /** All that were waited for, as they were found last. */
    readonly containers: readonly ContainerFacts[],
  ) {
    super(message, details);
  }
}

/**
 * Whether containers that were started in place of others go on running although they are not ready. Who stops one that
 * is at work on its data, and lets the version before go on with these, loses data. Pure.
 *
 * - What is merely slow goes on, as with Compose.
 * - What its health check calls unhealthy goes on where another image may be changing data: few health checks allow for
 *   that. With the same image, or without data, the old container can come back.
 *
 * @param formerImages ids of the images of the containers before; empty: there were none
 * @param mayFinish whether an exit with 0 is success
 */
export function goesOn(
  error: unknown,
  formerImages: readonly string[],
  mayFinish: (container: ContainerFacts) => boolean = () => false,
): error is NotReady {
  if (!(error instanceof NotReady) || !error.runsOn) return false;
  return error.containers.every(
    (container) =>
      hasEndedWell(container, mayFinish) ||
      (container.status === 'running' &&
        (container.health?.status !== 'unhealthy' || mayBeMigrating(container, formerImages))),
  );
}

function hasEndedWell(container: ContainerFacts, mayFinish: (container: ContainerFacts) => boolean): boolean {
  return container.status === 'exited' && container.exitCode === 0 && mayFinish(container);
}

function mayBeMigrating({ hasData, imageId }: ContainerFacts, formerImages: readonly string[]): boolean {
  return hasData && formerImages.length > 0 && !formerImages.includes(imageId);
}
