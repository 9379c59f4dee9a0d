import type { Operation } from '../../plan/operation';
import { bringBack } from './bring-back';
import type { Convergence } from '../convergence';
import { runPreStop } from './hooks';
import { writtenFiles } from './written-files';
import { InterruptedError } from '../../run/failure/interrupted-error';

/** What is not there is made and started, what is stopped is started; nothing that runs is touched. */
export async function startServices(
  { context, loaded, journal }: Convergence,
  { services }: Extract<Operation, { kind: 'start' }>,
): Promise<void> {
  const names = services.map(({ service }) => service);
  context.reporter.status?.(loaded.spec.stack, `starts ${names.join(', ')}`);
  await journal.step('start', () =>
    loaded.compose.up({
      services: names,
      noDeps: true,
      noBuild: true,
      pull: 'never',
      noRecreate: true,
      scale: Object.fromEntries(services.map(({ service, scale }) => [service, scale])),
    }),
  );
}

/** What is recreated goes before it comes: an interrupt in between leaves it down, which has to be said. */
export async function recreateService(
  convergence: Convergence,
  { service, scale }: Extract<Operation, { kind: 'recreate' }>,
): Promise<void> {
  const { context, loaded, journal, plan, kept } = convergence;
  const current = plan.services.find((one) => one.service === service)?.current ?? [];
  const running = (await context.docker.inspectContainers(current))
    .filter((one) => one.running)
    .map(({ id }) => id);
  kept.set(service, await context.docker.keepContainers(running, writtenFiles(loaded.model, service)));
  context.reporter.status?.(loaded.spec.stack, `recreates ${service}`);
  try {
    await runPreStop(convergence, service, running);
    await journal.step('recreate', () =>
      loaded.compose.up({
        services: [service],
        noDeps: true,
        noBuild: true,
        pull: 'never',
        forceRecreate: true,
        scale: { [service]: scale },
      }),
    );
  } catch (error) {
    if (context.signal?.aborted !== true) {
      await bringBack(convergence, service);
      throw error;
    }
    throw new InterruptedError(`${service} was being recreated and may be down until the next deploy`);
  }
}
