import type { ContainerDetails } from '@itsup/docker';
import { readinessOf, toFacts } from '@itsup/rollout';

import type { Operation } from '../../plan/operation';
import { bringBack } from './bring-back';
import type { Convergence } from '../convergence';
import { containersOfAll } from './service-containers';
import { NotHealthyError } from '../../run/failure/not-healthy-error';
import { StillStartingError } from '../../run/failure/still-starting-error';
import { gone, notHealthy, waitHealthy } from './wait-healthy';

type Wait = Extract<Operation, { kind: 'wait' }>;

const INTERVAL_MS = 250;

/**
 * Waits until the service is what those that wait for it need, or the end of the deploy.
 * @throws NotHealthyError; StillStartingError where they were left running
 */
export async function waitForService(convergence: Convergence, operation: Wait): Promise<void> {
  const { context, loaded, journal, rollout, kept, left } = convergence;
  const { stack } = loaded.spec;
  const { services, until, retired } = operation;
  const [service = ''] = services;
  const wait = journal.step('await-healthy', async () => {
    const containers = await containersOfAll(context.docker, loaded, services, retired);
    const ids = containers.map(({ id }) => id);
    if (until === 'completed') return waitCompleted(convergence, operation, ids);
    if (until === 'healthy') await refuseWithoutHealthCheck(convergence, operation, ids);
    const finishing = loaded.desired.services.filter(({ mayFinish }) => mayFinish && until === 'ready');
    await waitHealthy(rollout, {
      stack,
      status: (text) => context.reporter.status?.(stack, text),
      containers: containers.map((one) => ({
        ...one,
        mayFinish: finishing.some(({ name }) => name === one.service),
        deadlineMs: loaded.options.get(one.service)?.start.deadlineMs ?? null,
      })),
      formerImages: (kept.get(service) ?? []).map(({ imageId }) => imageId),
    });
  });
  try {
    await wait;
    kept.delete(service);
  } catch (error) {
    if (error instanceof StillStartingError || context.signal?.aborted === true) {
      kept.delete(service);
      for (const name of services) left.add(name);
    } else await bringBack(convergence, service);
    throw error;
  }
}

/** However long it takes, as with Compose: a migration has no health check to take a limit from. */
async function waitCompleted(
  { context, loaded, rollout }: Convergence,
  { services: [service = ''], reasons }: Wait,
  ids: string[],
): Promise<void> {
  const { docker, reporter, signal } = context;
  const { stack } = loaded.spec;
  if (ids.length === 0) return;
  reporter.status?.(stack, `waits for ${service} to complete`);
  for await (const snapshot of docker.watch(ids, {
    intervalMs: () => INTERVAL_MS,
    ...(signal && { signal }),
  })) {
    signal?.throwIfAborted();
    let isOver = true;
    for (const details of snapshot) {
      const container = toFacts(details, []);
      const verdict = readinessOf(container, true);
      if (verdict.state === 'failed') {
        const why = `did not complete successfully${reasons.length > 0 ? `, and ${reasons.join(', ')}` : ''}`;
        throw await notHealthy(rollout, stack, container, `${verdict.why}: ${service} ${why}`);
      }
      if (verdict.state !== 'finished') isOver = false;
    }
    if (isOver && snapshot.length === ids.length) return;
    if (snapshot.length < ids.length) throw gone(stack, service);
  }
  signal?.throwIfAborted();
}

/** Compose says so as soon as it waits; the other way it would be a wait for nothing. */
async function refuseWithoutHealthCheck(
  { context, loaded }: Convergence,
  { services: [service = ''], reasons }: Wait,
  ids: string[],
): Promise<void> {
  const containers = await context.docker.inspectContainers(ids);
  const without = containers.find((one: ContainerDetails) => one.healthcheck === null);
  if (without === undefined) return;
  throw new NotHealthyError(
    {
      code: 'no-health-check',
      severity: 'error',
      project: loaded.spec.stack,
      message: `${loaded.spec.stack}: container ${without.name} of ${service} has no health check, and ${reasons.join(', ')} (depends_on, condition: service_healthy)`,
      help: 'give it a healthcheck, or take condition: service_started',
    },
    [],
  );
}
