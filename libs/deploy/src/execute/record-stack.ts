import { ofComposeProject } from '@itsup/docker';
import type { LoadedStack } from '../desired/loaded-stack';
import {
  ALL_ASPECTS,
  type DeployedService,
  type DesiredService,
  type ObservedContainer,
  type StackPlan,
} from '../plan/model';
import { whatHangs } from '../engine/live-facts';
import { observe } from '../plan/observe';
import { keepForRollback } from './image/keep-for-rollback';
import { writeDeployed, type DeployedFile } from '../state/deployed';
import { forgetStarting } from '../state/starting';
import type { Run } from '../run/run';
import { formerStack } from '../run/successors';

/**
 * Remembers what runs now and what it was made from, so that the next deploy recognises it, and a rollback finds it.
 * @param plan that was carried out; null: none was
 * @param id of the deploy's record; null: nothing was changed, so the record before stays the one that describes it
 */
export async function recordStack(
  run: Run,
  loaded: LoadedStack,
  plan: Pick<StackPlan, 'services'> | null,
  id: string | null,
): Promise<DeployedFile> {
  const { state, docker } = run.context;
  const { spec, desired } = loaded;
  const listing = await docker.listContainers({
    labelFilters: ofComposeProject(spec.projectName),
  });
  const containers = observe(listing);
  const hangsOn = await whatHangs(docker, desired, containers);
  const moved = movedContainers(run.deployed.get(spec.stack) ?? null, plan);
  const deployed: DeployedFile = {
    version: 1,
    stack: spec.stack,
    projectName: spec.projectName,
    services: Object.fromEntries(
      desired.services.map((service): [string, DeployedService] => [
        service.name,
        {
          ...madeFrom(service),
          containers: containers
            .filter((one) => one.service === service.name)
            .map((one) => recordContainer(one, moved, hangsOn)),
        },
      ]),
    ),
    edges: desired.edges,
    networks: digestsOf(desired.ownNetworks),
    volumes: digestsOf(desired.ownVolumes),
    inputs: loaded.inputs,
    ...(run.context.product !== undefined && {
      product: run.context.product,
      written: await run.written(),
    }),
    record: id ?? run.deployed.get(spec.stack)?.record ?? '',
    // What did not serve does so by a change or by an answer.
    ...(id === null && run.deployed.get(spec.stack)?.unserved && { unserved: true as const }),
  };
  if (id !== null) await keepForRollback(run, loaded, id);
  const before = run.deployed.get(spec.stack);
  if (before !== undefined && before.projectName !== spec.projectName) {
    const former = { ...before, stack: formerStack(spec.stack, before.projectName) };
    await writeDeployed(state, former);
    run.deployed.set(former.stack, former);
    if (!run.prunable.includes(former.stack)) run.prunable.push(former.stack);
  }
  await writeDeployed(state, deployed);
  await forgetStarting(state, spec.stack);
  return deployed;
}

/** What containers of the service are made from now, for a record. */
export function madeFrom(service: DesiredService): Omit<DeployedService, 'containers'> {
  return {
    aspects: service.aspects,
    aspectsVersion: ALL_ASPECTS,
    image: service.image,
    imageId: service.imageId,
    buildDigest: service.buildDigest,
    replicas: service.replicas,
    dependsOn: service.dependsOn.map((dependency) => dependency.service),
  };
}

/** Those of this deploy and of earlier ones. */
function movedContainers(
  deployed: DeployedFile | null,
  plan: Pick<StackPlan, 'services'> | null,
): ReadonlySet<string> {
  const before = Object.values(deployed?.services ?? {}).flatMap(({ containers }) =>
    containers.filter((one) => one.moved).map(({ id }) => id),
  );
  const now = (plan?.services ?? []).flatMap(({ action, current }) => (action === 'move' ? current : []));
  return new Set([...before, ...now]);
}

function recordContainer(
  container: ObservedContainer,
  moved: ReadonlySet<string>,
  hangsOn: ReadonlyMap<string, string[]>,
): DeployedService['containers'][number] {
  return {
    id: container.id,
    composeHash: container.definition,
    image: container.image,
    finished: container.state === 'exited' && container.exitCode === 0,
    hangsOn: hangsOn.get(container.id) ?? [],
    ...(moved.has(container.id) && { moved: true }),
  };
}

function digestsOf(objects: readonly { name: string; digest: string }[]): Record<string, string> {
  return Object.fromEntries(objects.map(({ name, digest }) => [name, digest]));
}
