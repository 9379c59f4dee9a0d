import { problemsOf } from '@itsup/config';
import { handoverSteps, hookSteps, moveSteps, recreateSteps, rolloutSteps } from '@itsup/rollout';

import type { ServicePlan } from '../plan/model';
import {
  isConvergeOperation,
  type ConvergeOperation,
  type Operation,
  type OperationKind,
} from '../plan/operation';
import { STATIC_FILE } from '../publish/published-file';
import { ensureProxynet } from '../proxy/proxynet';
import { awaitStackRoutes } from './traefik/await-stack-routes';
import { connectService, disconnectService } from './service/connect-service';
import type { Convergence } from './convergence';
import { attachProviders, attachToConsumers, removeEdgeNetwork } from './network/edges';
import { handFiles, handOverTraefik } from './traefik/hand-over-traefik';
import { makeNetworks } from './network/make-networks';
import { canBeHeld, recreateHeldService } from './service/recreate-held';
import { recreateNetwork } from './network/recreate-network';
import { removeContainers } from './service/remove-containers';
import { restartService } from './service/restart-service';
import { moveOff, rollService, scaleLosslessly } from './service/roll-service';
import { runOperations } from './run-operations';
import { containersOf } from './service/service-containers';
import { Slots } from '../run/schedule/slots';
import { besideOthers } from './service/side-by-side';
import { recreateService, startServices } from './service/start-services';
import { NotHealthyError } from '../run/failure/not-healthy-error';
import { StillStartingError } from '../run/failure/still-starting-error';
import { waitForService } from './service/wait-for-service';

/** Steps of a deploy as they may come in its journal, those of its rollouts included. A test stops a deploy at each. */
export const deploySteps = [
  'recover',
  'pull',
  'build',
  'keep-links',
  'ensure-proxynet',
  'publish-configuration',
  'hand-files',
  'remove-leftovers',
  'recreate-network',
  'make-networks',
  'attach-providers',
  'connect-services',
  'start',
  'restart',
  'await-healthy',
  'attach-to-consumers',
  ...hookSteps,
  ...new Set<(typeof rolloutSteps)[number] | (typeof recreateSteps)[number]>([
    ...rolloutSteps,
    ...recreateSteps,
  ]),
  ...moveSteps,
  ...handoverSteps,
  'settle-routes',
  'await-routes',
  'remove-services',
  'remove-networks',
  'tag-images',
  'record',
  'ask-rows',
] as const;

type Acts = {
  [Kind in OperationKind]: (
    convergence: Convergence,
    operation: Extract<ConvergeOperation, { kind: Kind }>,
  ) => Promise<void>;
};

/** How each operation is done. Every act is a named step of the journal and can be repeated. */
const ACTS: Acts = {
  'make-proxynet': ({ context, loaded, journal }) =>
    journal.step('ensure-proxynet', () => ensureProxynet(context.docker, loaded.spec.proxynet)),
  'publish-configuration': ({ journal, publisher }, { isHandedOver }) =>
    journal.step('publish-configuration', () => publisher.publishStatic(isHandedOver ? STATIC_FILE : null)),
  'hand-files': (convergence) => handFiles(convergence),
  remove: ({ context, journal }, { step, containers }) =>
    journal.step(step, () => removeContainers(context.docker, containers)),
  'recreate-network': recreateNetwork,
  'make-networks': makeNetworks,
  'attach-providers': ({ context, loaded, journal }) =>
    journal.step('attach-providers', () => attachProviders(context.docker, loaded.desired.edges)),
  connect: (convergence, { service }) => connectService(convergence, planOf(convergence, service)),
  disconnect: (convergence, { service }) => disconnectService(convergence, planOf(convergence, service)),
  move: (convergence, { service }) => moveOff(convergence, planOf(convergence, service)),
  start: startServices,
  recreate: (convergence, operation) => {
    const plan = planOf(convergence, operation.service);
    return canBeHeld(convergence, plan)
      ? recreateHeldService(convergence, plan)
      : recreateService(convergence, operation);
  },
  restart: restartService,
  roll: (convergence, { service }) => rollService(convergence, planOf(convergence, service)),
  'replace-traefik': (convergence, { service }) => handOverTraefik(convergence, planOf(convergence, service)),
  scale: (convergence, { service }) => scaleLosslessly(convergence, planOf(convergence, service)),
  wait: waitForService,
  'attach-to-consumers': async ({ context, loaded, journal }, { service, retired }) => {
    await journal.step('attach-to-consumers', async () => {
      const ids = await containersOf(context.docker, loaded, service, retired);
      await attachToConsumers(context.docker, loaded.spec, service, ids);
    });
  },
  'publish-routes': async ({ loaded, journal, publisher }) => {
    const { stack } = loaded.spec;
    if (publisher.pending(stack).length === 0) return;
    await journal.step('settle-routes', () => publisher.settle(stack));
  },
  'await-routes': (convergence, { services }) => awaitStackRoutes(convergence, services),
  'remove-network': ({ context, journal }, { network }) =>
    journal.step('remove-networks', () => removeEdgeNetwork(context.docker, network)),
};

/** Kinds that start services: their number at the same time is bounded. */
const STARTING: readonly Operation['kind'][] = [
  'start',
  'recreate',
  'restart',
  'roll',
  'replace-traefik',
  'scale',
];

/**
 * Carries the plan's operations out. Images are there, the lock is held. After a failure the next plan starts from what
 * it finds.
 * @throws NotHealthyError, UserError, DockerError
 */
export async function convergeStack(convergence: Convergence): Promise<void> {
  const { context, plan } = convergence;
  const forOperation = besideOthers(convergence);
  const own = new Slots(convergence.parallel);
  await runOperations(plan.operations, {
    isInTurn: convergence.parallel === 1,
    isInterrupted: () => context.signal?.aborted === true,
    // Compose goes on after a start too, unless somebody waits for a health check.
    isTolerated: (error, operation) =>
      error instanceof StillStartingError && !(operation.kind === 'wait' && operation.until === 'healthy'),
    onFurtherFailure: (error) => tellFailure(convergence, error),
    run: async (operation, isOver) => {
      if (!isConvergeOperation(operation)) throw new TypeError(`${operation.kind} in a deploy by Compose`);
      const started = STARTING.includes(operation.kind) ? await bothOf(own, convergence.starts) : undefined;
      const { beside, end } = forOperation();
      try {
        // Somebody may have failed while it waited for a slot.
        if (isOver()) return;
        await carryOut({ ...beside, ...(started && { started }) }, operation);
      } finally {
        started?.();
        end();
      }
    },
  });
  context.signal?.throwIfAborted();
}

/** A slot of the stack and one of the run: first its own, so that nobody else's is held while it waits for that. */
async function bothOf(own: Slots, shared: Slots): Promise<() => void> {
  const endOwn = await own.take();
  const endShared = await shared.take();
  return () => {
    endShared();
    endOwn();
  };
}

/** The deploy fails with one; of the others each is a line, with what its container said. */
function tellFailure({ context, loaded }: Convergence, error: unknown): void {
  if (context.signal?.aborted) return;
  const { stack } = loaded.spec;
  const problems = error instanceof NotHealthyError ? [error.problem] : problemsOf(error);
  for (const line of error instanceof NotHealthyError ? error.details : [])
    context.reporter.line(stack, `  | ${line}`);
  for (const { message } of problems) context.reporter.line(stack, `also failed: ${message}`);
}

function carryOut<Kind extends OperationKind>(
  convergence: Convergence,
  operation: Extract<ConvergeOperation, { kind: Kind }>,
): Promise<void> {
  return ACTS[operation.kind as Kind](convergence, operation);
}

function planOf({ plan }: Convergence, service: string): ServicePlan {
  const found = plan.services.find((one) => one.service === service);
  if (found === undefined) throw new TypeError(`no plan of ${service}`);
  return found;
}
