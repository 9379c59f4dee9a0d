import {
  awaitStarted,
  failure,
  goesOn,
  Interrupted,
  RolloutError,
  type ContainerFacts,
  type RolloutContext,
} from '@itsup/rollout';

import { waitsFor } from '../progress-words';
import { NotHealthyError } from '../../run/failure/not-healthy-error';
import { stillStarting } from './still-starting';

export interface WaitRequest {
  stack: string;
  /**
   * Containers to wait for, with whether an exit with 0 is success, and how long the start may take; null: what its
   * health check allows.
   */
  containers: { id: string; service: string; mayFinish: boolean; deadlineMs: number | null }[];
  /** Ids of the images of the containers before, where these were made in their place. */
  formerImages: readonly string[];
  /** Told what it waits for and how long at most. */
  status?: (text: string) => void;
}

/**
 * Waits until every container that was started is ready, by the one verdict that rollouts have too, and fails as soon
 * as one cannot become it. Ports that routes lead to have to answer where Traefik runs.
 * @throws NotHealthyError; StillStartingError where they run and are not to be stopped for it
 */
export async function waitHealthy(rollout: RolloutContext, request: WaitRequest): Promise<void> {
  const { stack, containers, formerImages, status } = request;
  if (containers.length === 0) return;
  const ids = containers.map(({ id }) => id);
  const jobs = new Set(containers.filter(({ mayFinish }) => mayFinish).map(({ id }) => id));
  const names = [...new Set(containers.map(({ service }) => service))];
  const started = await rollout.docker.inspect(ids);
  if (started.length < ids.length) {
    const missing = containers.find(({ id }) => started.every((one) => one.id !== id));
    throw gone(stack, missing?.service ?? '');
  }
  try {
    await awaitStarted(rollout, started, {
      what: `${names.join(', ')} to be ready`,
      deadlineMs: ({ id }) => containers.find((one) => one.id === id)?.deadlineMs ?? null,
      mayFinish: ({ id }) => jobs.has(id),
      onWaiting: (wait) => status?.(waitsFor(wait)),
    });
  } catch (error) {
    if (error instanceof Interrupted) rollout.signal.throwIfAborted();
    if (!(error instanceof RolloutError)) throw error;
    const [only] = names;
    if (goesOn(error, formerImages, ({ id }) => jobs.has(id)))
      throw stillStarting(stack, names.length === 1 ? (only ?? null) : null, error.message, error.details);
    throw asProblem(stack, error, started);
  }
}

/** The error for a container that did not come up, with what it printed. */
export async function notHealthy(
  rollout: RolloutContext,
  stack: string,
  container: ContainerFacts,
  why: string,
): Promise<NotHealthyError> {
  return asProblem(stack, await failure(rollout, container, why), [container]);
}

function asProblem(stack: string, error: RolloutError, started: ContainerFacts[]): NotHealthyError {
  return new NotHealthyError(
    {
      code: 'not-healthy',
      severity: 'error',
      project: stack,
      message: `${stack}: ${error.message}`,
      help: helpFor(error, started),
    },
    error.details,
  );
}

/** What the engine's runtime says of a program that an image does not have. */
const NO_PROGRAM = /exec: \\*"([^"\\]+)\\*": .*(?:no such file or directory|not found in \$PATH)/;

/** What to do about containers that are not ready. */
export function helpFor(
  { message, details }: Pick<RolloutError, 'message' | 'details'>,
  started: readonly Pick<ContainerFacts, 'name'>[],
): string {
  const [, program] = NO_PROGRAM.exec(message) ?? [];
  if (message.includes('is unhealthy') && program !== undefined)
    return `its image has no ${program}, which the health check runs: name a program that it has, or take the check out`;
  const culprit = started.find(({ name }) => message.includes(name)) ?? started[0];
  const lines = details.length > 0 ? 'its last lines are above; ' : '';
  return `${lines}see all that it says with: docker logs ${culprit?.name ?? ''}`;
}

/** The error of a wait for a container that somebody removed meanwhile. */
export function gone(stack: string, service: string): NotHealthyError {
  return new NotHealthyError(
    {
      code: 'container-gone',
      severity: 'error',
      project: stack,
      message: `${stack}: a container of ${service} was removed by someone else while deploy waited for it`,
      help: `deploy again: itsup deploy ${stack}`,
    },
    [],
  );
}
