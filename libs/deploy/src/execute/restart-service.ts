import type { Operation } from '../plan/operation';
import type { Convergence } from './convergence';
import { InterruptedError } from './interrupted-error';

/** The same containers, stopped and started, as Compose does it for `depends_on` with `restart: true`. */
export async function restartService(
  { context, loaded, journal }: Convergence,
  { service, containers }: Extract<Operation, { kind: 'restart' }>,
): Promise<void> {
  context.reporter.status?.(loaded.spec.stack, `restarts ${service}`);
  try {
    await journal.step('restart', async () => {
      await context.docker.stop(containers);
      await context.docker.start(containers);
    });
  } catch (error) {
    if (context.signal?.aborted !== true) throw error;
    throw new InterruptedError(`${service} was being restarted and may be down until the next deploy`);
  }
}
