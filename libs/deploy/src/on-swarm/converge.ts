import type { LoadedStack } from '../desired/loaded-stack';
import { runOperations } from '../execute/run-operations';
import type { StackPlan } from '../plan/model';
import { isSwarmOperation, type SwarmKind, type SwarmOperation } from '../plan/operation';
import type { Run } from '../run/run';
import type { HeldStack } from '../run/with-stack';
import type { ObservedService } from '../swarm/plan-swarm';
import type { StackFile } from '../swarm/stack-file';
import { budgetMs, isChecked } from '../swarm/update-config';
import { replaceBehindBridge } from './bridge/replace';
import { spreading } from './bridge/spread';
import { waitForServices, type Waiting } from './wait-for-services';

/** One stack on its way to what its plan says. */
export interface SwarmConvergence {
  run: Run;
  loaded: LoadedStack;
  file: StackFile;
  held: HeldStack;
  /** Services as they are before. */
  observed: ReadonlyMap<string, ObservedService>;
  makeObjects(): Promise<void>;
  /** Ends what an earlier deploy left of a bridge and could not end before this one replaced what it stood for. */
  settle(): Promise<void>;
  removeOldObjects(): Promise<void>;
}

type Acts = {
  [Kind in SwarmKind]: (
    convergence: SwarmConvergence,
    operation: Extract<SwarmOperation, { kind: Kind }>,
  ) => Promise<void>;
};

/** How each operation is done. Every act is a named step of the journal and can be repeated. */
const ACTS: Acts = {
  'make-objects': ({ held: { journal }, makeObjects }) => journal.step('make-objects', makeObjects),
  'start-new': async (convergence, { services }) => {
    const { run, loaded, file, held } = convergence;
    const { docker } = run.context;
    await held.journal.step('start', async () => {
      const text = JSON.stringify(only(file, new Set(services)));
      await docker.swarm.deployStack(loaded.spec.projectName, text, { prune: false });
      await waitForServices(run.context, waitingFor(convergence, services));
    });
  },
  update: (convergence, { services }) =>
    convergence.held.journal.step('update', () => update(convergence, services)),
  'update-behind-bridge': async (convergence, { services, bridged }) => {
    const { run, loaded, held, file } = convergence;
    const { swarm } = run.context.docker;
    const request = {
      ...convergence,
      waitingFor: (names: readonly string[], projectName: string) =>
        waitingFor(convergence, names, projectName),
      update: async () => {
        const spread = spreading(file, bridged, loaded.model.services, await swarm.listNodes());
        await update({ ...convergence, file: spread }, services);
      },
      publishRoutes: () => run.publisher.settle(loaded.spec.stack),
    };
    if (await replaceBehindBridge(request, bridged)) return;
    await held.journal.step('update', () => update(convergence, services));
  },
  'remove-old-objects': async ({ held: { journal }, settle, removeOldObjects }) => {
    await settle();
    await journal.step('remove-old-files', removeOldObjects);
  },
  'publish-routes': ({ run, loaded, held }) => publishRoutes(run, loaded.spec, held),
};

/**
 * Carries the plan's operations out. Images are there, the lock is held.
 * @throws NotHealthyError, InterruptedError, UserError, DockerError
 */
export async function converge(convergence: SwarmConvergence, { operations }: StackPlan): Promise<void> {
  const { signal } = convergence.run.context;
  await runOperations(operations, {
    isInTurn: true,
    isInterrupted: () => signal?.aborted === true,
    run: (operation) => {
      if (!isSwarmOperation(operation)) throw new TypeError(`${operation.kind} in a deploy to a swarm`);
      return carryOut(convergence, operation);
    },
  });
  signal?.throwIfAborted();
}

function carryOut<Kind extends SwarmKind>(
  convergence: SwarmConvergence,
  operation: Extract<SwarmOperation, { kind: Kind }>,
): Promise<void> {
  return ACTS[operation.kind as Kind](convergence, operation);
}

/** The routes that stand in files, of the stack as it is now. */
export async function publishRoutes(
  { publisher }: Pick<Run, 'publisher'>,
  { stack }: Pick<LoadedStack['spec'], 'stack'>,
  { journal }: HeldStack,
): Promise<void> {
  if (publisher.pending(stack).length === 0) return;
  await journal.step('settle-routes', () => publisher.settle(stack));
}

/** Brings the swarm to the file, and waits until all that changed is well. */
async function update(convergence: SwarmConvergence, services: readonly string[]): Promise<void> {
  const { run, loaded, file } = convergence;
  const { docker } = run.context;
  await docker.swarm.deployStack(loaded.spec.projectName, JSON.stringify(file), { prune: true });
  await waitForServices(run.context, waitingFor(convergence, services));
}

function waitingFor(
  { loaded: { spec, model, options }, observed }: SwarmConvergence,
  names: readonly string[],
  projectName = spec.projectName,
): Waiting {
  const before = (name: string): string | null =>
    projectName === spec.projectName ? (observed.get(name)?.service.update?.startedAt ?? null) : null;
  return {
    ...{ stack: spec.stack, projectName },
    services: new Map(
      names.map((name) => [
        name,
        {
          earlierUpdate: before(name),
          hasHealthcheck: isChecked(model.services[name]?.healthcheck),
          budgetMs: options.get(name)?.start.deadlineMs ?? budgetMs(model.services[name]?.healthcheck),
        },
      ]),
    ),
  };
}

/** The file with these services alone. */
function only(file: StackFile, names: ReadonlySet<string>): StackFile {
  const services = Object.entries(file.services).filter(([name]) => names.has(name));
  return { ...file, services: Object.fromEntries(services) };
}
