import type { Operation } from '../../plan/operation';
import type { Convergence } from '../convergence';
import { runInContainers, runPreStart, runPreStop } from './hooks';
import { InterruptedError } from '../../run/failure/interrupted-error';

/** The same containers, stopped and started, as Compose does it for `depends_on` with `restart: true`. */
export async function restartService(
  convergence: Convergence,
  { service, containers }: Extract<Operation, { kind: 'restart' }>,
): Promise<void> {
  const { context, loaded, journal } = convergence;
  context.reporter.status?.(loaded.spec.stack, `restarts ${service}`);
  try {
    await journal.step('restart', async () => {
      await runPreStop(convergence, service, containers);
      await context.docker.stop(containers);
      await startWithHooks(convergence, service, containers);
    });
  } catch (error) {
    if (context.signal?.aborted !== true) throw error;
    throw new InterruptedError(`${service} was being restarted and may be down until the next deploy`);
  }
}

/** Starts containers that are there, all of a service's, with the hooks that Compose runs where it starts them. */
export async function startWithHooks(
  convergence: Convergence,
  service: string,
  containers: readonly string[],
): Promise<void> {
  const [first] = containers;
  if (first !== undefined) await runPreStart(convergence, service, first);
  await convergence.context.docker.start([...containers]);
  await runInContainers(convergence, 'post_start', service, containers);
}
