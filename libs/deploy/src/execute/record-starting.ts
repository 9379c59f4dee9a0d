import type { StartingService } from '../plan/model';
import { readStarting, writeStarting } from '../state/starting';
import type { Convergence } from './convergence';
import { madeFrom } from './record-stack';

type Left = Pick<Convergence, 'context' | 'loaded' | 'plan' | 'left' | 'rollout'>;

/**
 * Remembers what a deploy leaves running before it is ready, and what that was made from: the record still describes
 * the version before, and by it the next deploy would replace what may be in the middle of a migration. Where that
 * cannot be written down, a line says so; the deploy has failed already.
 */
export async function recordStarting(what: Left): Promise<void> {
  const { context, loaded, left } = what;
  if (left.size === 0) return;
  const { spec } = loaded;
  try {
    await write(what);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    context.reporter.line(
      spec.stack,
      `note: the next deploy may replace ${[...left].join(', ')}, for it could not be noted as left running: ${reason}`,
    );
  }
}

async function write({ context, loaded, plan, left, rollout }: Left): Promise<void> {
  const { spec, desired } = loaded;
  const services = { ...(await readStarting(context.state, spec.stack)) };
  for (const service of desired.services.filter(({ name }) => left.has(name))) {
    const made = madeFrom(service);
    const found = await rollout.docker.listService(spec.projectName, service.name);
    // Those of the version before go when the new ones are ready.
    const retired = plan.services.find((one) => one.service === service.name)?.retired ?? [];
    const running = found.filter(({ id, status }) => status === 'running' && !retired.includes(id));
    const starting: StartingService = {
      ...made,
      containers: running.map(({ id }) => ({ id, composeHash: null, image: made.image, finished: false })),
      withData: running.filter(({ hasData }) => hasData).map(({ id }) => id),
    };
    services[service.name] = starting;
  }
  await writeStarting(context.state, spec.stack, services);
}
