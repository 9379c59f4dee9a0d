import type { ContainerSummary, Docker } from '@itsup/docker';

import type { LoadedStack } from '../desired/load-desired';
import type { ServicePlan, StackPlan } from '../plan/model';
import { STATIC_FILE } from '../publish/publisher';
import { handoverSteps, moveSteps, rolloutSteps } from '@itsup/rollout';
import type { Convergence } from './convergence';
import { awaitStackRoutes } from './await-stack-routes';
import { batchesOf, type Batch } from './batches';
import { handOverTraefik, handTraefiksFiles, TRAEFIK } from './hand-over-traefik';
import { attachProviders, attachToConsumers, existingNetworks, removeEdgeNetwork } from './edges';
import { ensureProxynet } from '../proxy/proxynet';
import { isScaledLosslessly, moveOff, rollService, scaleLosslessly } from './roll-service';
import { InterruptedError } from './interrupted-error';
import { traefikUserOf } from '../proxy/traefik-files';
import { waitHealthy } from './wait-healthy';

/** Steps of a deploy in the order they may come, those of its rollouts included. A test stops a deploy at each. */
export const deploySteps = [
  'recover',
  'pull',
  'build',
  'keep-links',
  'ensure-proxynet',
  'publish-configuration',
  'hand-files',
  'remove-leftovers',
  'make-networks',
  'attach-providers',
  'connect-services',
  'start',
  'recreate',
  'await-healthy',
  'attach-to-consumers',
  ...rolloutSteps,
  ...moveSteps,
  ...handoverSteps,
  'settle-routes',
  'await-routes',
  'remove-services',
  'remove-networks',
  'tag-images',
  'record',
] as const;

const PROJECT_LABEL = 'com.docker.compose.project';
const SERVICE_LABEL = 'com.docker.compose.service';

/**
 * Carries the plan out. Images are there, the lock is held. Every act is a named step of the journal and can be
 * repeated; after a failure the next plan starts from what it finds.
 * @throws NotHealthyError, UserError, DockerError
 */
export async function convergeStack(convergence: Convergence): Promise<void> {
  const { context, loaded, plan, journal, publisher } = convergence;
  const { docker } = context;
  const { spec, desired } = loaded;

  if (usesProxynet(loaded))
    await journal.step('ensure-proxynet', () => ensureProxynet(docker, spec.proxynet));

  if (spec.project === null) {
    await publishConfiguration(convergence);
    await handFiles(convergence);
  }

  const kept = plan.services.filter((service) => service.action !== 'remove');
  const retired = kept.flatMap((service) => service.retired);
  const leftovers = kept
    .flatMap((service) => service.leftovers)
    .filter((container) => !retired.includes(container));
  if (leftovers.length > 0) {
    await journal.step('remove-leftovers', () => removeContainers(docker, leftovers));
  }
  await joinProviders(convergence);
  await connectServices(convergence);
  for (const service of plan.services.filter(({ action }) => action === 'move')) {
    context.signal?.throwIfAborted();
    await moveOff(convergence, service);
  }

  const begun: string[] = [];
  for (const batch of batchesOf(plan.services, desired.services)) {
    context.signal?.throwIfAborted();
    const [first] = batch.services;
    if (batch.kind === 'rollout') await rollOne(convergence, first);
    else if (batch.kind === 'scale' && first && isScaledLosslessly(first, desired))
      await scaleLosslessly(convergence, first);
    else {
      if (batch.kind === 'recreate') await recreateBatch(convergence, batch);
      else await startBatch(convergence, batch);
      begun.push(...batch.services.filter(({ replicas }) => replicas > 0).map(({ service }) => service));
    }
  }
  const last = kept
    .filter((service) => !isScaledLosslessly(service, desired))
    .flatMap((service) => service.retired);
  if (last.length > 0) {
    await journal.step('remove-leftovers', () => removeContainers(docker, last));
  }

  if (publisher.pending(spec.stack).length > 0) {
    await journal.step('settle-routes', () => publisher.settle(spec.stack));
  }
  await awaitStackRoutes(convergence, begun);
  const removed = plan.services
    .filter((service) => service.action === 'remove')
    .flatMap((service) => service.leftovers);
  if (removed.length > 0) await journal.step('remove-services', () => removeContainers(docker, removed));
  const gone = plan.edges.filter((edge) => edge.action === 'disconnect');
  if (gone.length > 0) {
    await journal.step('remove-networks', async () => {
      for (const edge of gone) await removeEdgeNetwork(docker, edge.network);
    });
  }
}

/** Stops and removes by id; what is gone already is done. Anonymous volumes go along, named ones never. */
export async function removeContainers(docker: Docker, ids: string[]): Promise<void> {
  await docker.stop(ids);
  await docker.remove(ids, { force: true, volumes: true });
}

/** The networks to this stack's providers exist and the providers are in them before anything that needs them starts. */
async function joinProviders({ context, loaded, plan, journal }: Convergence): Promise<void> {
  const { docker } = context;
  const wanted = loaded.desired.edges.map((edge) => edge.network);
  if (wanted.length === 0) return;
  const present = await existingNetworks(docker, wanted);
  if (wanted.some((network) => !present.has(network))) {
    await journal.step('make-networks', () => makeNetworks(loaded, plan));
  }
  const missing = plan.edges.filter((edge) => edge.action === 'connect');
  if (missing.length > 0 || present.size < wanted.length) {
    await journal.step('attach-providers', () => attachProviders(docker, loaded.desired.edges));
  }
}

/**
 * Compose makes the stack's networks with the first container that it creates; a service at its present number of
 * containers makes it create none.
 */
async function makeNetworks({ compose, desired }: LoadedStack, plan: StackPlan): Promise<void> {
  const joining = plan.services.filter(({ service }) =>
    desired.services.some((one) => one.name === service && one.networks.length > 0 && one.replicas > 0),
  );
  const chosen = joining.find((service) => service.current.length > 0) ?? joining[0];
  if (chosen === undefined) return;
  await compose.create({
    services: [chosen.service],
    noRecreate: true,
    noBuild: true,
    pull: 'never',
    scale: { [chosen.service]: Math.max(1, presentOf(chosen)) },
  });
}

/** How many containers of the service there are once those that go at once are gone. */
function presentOf({ current, leftovers, retired }: ServicePlan): number {
  const staying = current.filter((container) => !leftovers.includes(container));
  return new Set([...staying, ...retired]).size;
}

/** Networks that came or went for services that otherwise stay: attached and detached live. */
async function connectServices({ context, plan, journal }: Convergence): Promise<void> {
  const live = plan.services.filter(
    (service) => service.action === 'connect' || service.action === 'disconnect',
  );
  if (live.length === 0) return;
  await journal.step('connect-services', async () => {
    for (const { action, current, networks, service } of live) {
      for (const { network, aliases } of networks) {
        for (const id of current) {
          if (action === 'connect')
            await context.docker.connectNetwork(network, id, { aliases: [...aliases] });
          else await context.docker.disconnectNetwork(network, id);
        }
        context.reporter.line(
          plan.stack,
          `${service}: ${action === 'connect' ? 'joined' : 'left'} ${network}`,
        );
      }
    }
  });
}

/** What is recreated goes before it comes: an interrupt in between leaves it down, which has to be said. */
async function recreateBatch(convergence: Convergence, batch: Batch): Promise<void> {
  try {
    await startBatch(convergence, batch);
  } catch (error) {
    if (convergence.context.signal?.aborted !== true) throw error;
    const names = batch.services.map(({ service }) => service);
    throw new InterruptedError(
      `${names.join(', ')} ${names.length === 1 ? 'was' : 'were'} being recreated and may be down until the next deploy`,
    );
  }
}

async function startBatch(convergence: Convergence, batch: Batch): Promise<void> {
  const { context, loaded, journal } = convergence;
  const names = batch.services.map((service) => service.service);
  const recreate = batch.kind === 'recreate';
  context.reporter.status?.(loaded.spec.stack, `${recreate ? 'recreates' : 'starts'} ${names.join(', ')}`);
  await journal.step(recreate ? 'recreate' : 'start', () =>
    loaded.compose.up({
      services: names,
      noDeps: true,
      noBuild: true,
      pull: 'never',
      ...(recreate ? { forceRecreate: true } : { noRecreate: true }),
      // Those that go later count: Compose would take away what is above the number, and it picks the newest.
      scale: Object.fromEntries(
        batch.services.map(({ service, replicas, retired }) => [service, replicas + retired.length]),
      ),
    }),
  );
  const retired = batch.services.flatMap((service) => service.retired);
  const started = (await listServices(context.docker, loaded, names)).filter(
    (container) => !retired.includes(container.id),
  );
  await journal.step('await-healthy', () => awaitServices(convergence, started));
  if (loaded.spec.consumers.some((consumer) => names.includes(consumer.service))) {
    await journal.step('attach-to-consumers', async () => {
      for (const name of names) {
        const ids = started.filter((one) => one.compose?.service === name).map((one) => one.id);
        await attachToConsumers(context.docker, loaded.spec, name, ids);
      }
    });
  }
}

function awaitServices({ context, loaded }: Convergence, containers: ContainerSummary[]): Promise<void> {
  return waitHealthy(context, {
    stack: loaded.spec.stack,
    containers: containers.map((container) => {
      const service = container.compose?.service ?? '';
      const mayFinish = loaded.desired.services.find((one) => one.name === service)?.mayFinish ?? false;
      return { id: container.id, service, mayFinish };
    }),
  });
}

/** What the proxy's containers read at their start; a Traefik that is handed over publishes its part itself. */
async function publishConfiguration({ plan, publisher, journal }: Convergence): Promise<void> {
  const rolls = plan.services.some(({ service, action }) => service === TRAEFIK && action === 'rollout');
  if (plan.files.length === 0) return;
  await journal.step('publish-configuration', () => publisher.publishStatic(rolls ? STATIC_FILE : null));
}

/** Before a Traefik starts: one that cannot read its certificates serves all the same, with none of them. */
async function handFiles({ context, loaded, plan, journal }: Convergence): Promise<void> {
  const isRoot = traefikUserOf(loaded.model.services[TRAEFIK] ?? {}) === null;
  const starts = plan.services.some(({ service, action }) => service === TRAEFIK && action !== 'none');
  if (isRoot || !starts) return;
  await journal.step('hand-files', () => handTraefiksFiles(context, loaded));
}

/** Traefik cannot run twice on the same ports, so its way is its own. */
async function rollOne(convergence: Convergence, plan: ServicePlan | undefined): Promise<void> {
  if (plan === undefined) return;
  if (convergence.loaded.spec.project !== null || plan.service !== TRAEFIK)
    await rollService(convergence, plan);
  else await handOverTraefik(convergence, plan);
}

/** Containers of these services, one-off ones left out. */
async function listServices(
  docker: Docker,
  loaded: LoadedStack,
  names: string[],
): Promise<ContainerSummary[]> {
  const labelFilters = [`${PROJECT_LABEL}=${loaded.spec.projectName}`];
  if (names.length === 1) labelFilters.push(`${SERVICE_LABEL}=${names[0]}`);
  const all = await docker.listContainers({ labelFilters });
  return all.filter(({ compose }) => compose !== null && !compose.oneoff && names.includes(compose.service));
}

function usesProxynet({ model, spec }: LoadedStack): boolean {
  return Object.values(model.networks ?? {}).some((network) => network?.name === spec.proxynet.name);
}
