import type { LoadedStack } from '../desired/load-desired';
import type { DeployedService, ObservedContainer } from '../plan/model';
import { observe } from '../plan/observe';
import { keepForRollback } from './keep-for-rollback';
import { writeDeployed, type DeployedFile } from '../state/deployed';
import type { Run } from '../stacks/run';

/**
 * Remembers what runs now and what it was made from, so that the next deploy recognises it, and a rollback finds it.
 * @param id of the deploy's record; null: nothing was changed, so the record before stays the one that describes it
 */
export async function recordStack(run: Run, loaded: LoadedStack, id: string | null): Promise<DeployedFile> {
  const { state, docker } = run.context;
  const { spec, desired } = loaded;
  const listing = await docker.listContainers({
    labelFilters: [`com.docker.compose.project=${spec.projectName}`],
  });
  const containers = observe(listing);
  const deployed: DeployedFile = {
    version: 1,
    stack: spec.stack,
    projectName: spec.projectName,
    services: Object.fromEntries(
      desired.services.map((service): [string, DeployedService] => [
        service.name,
        {
          aspects: service.aspects,
          image: service.image,
          imageId: service.imageId,
          buildDigest: service.buildDigest,
          replicas: service.replicas,
          containers: containers.filter((one) => one.service === service.name).map(recordContainer),
        },
      ]),
    ),
    edges: desired.edges,
    inputs: loaded.inputs,
    record: id ?? run.deployed.get(spec.stack)?.record ?? '',
  };
  if (id !== null) await keepForRollback(run, loaded, id);
  await writeDeployed(state, deployed);
  return deployed;
}

function recordContainer(container: ObservedContainer): DeployedService['containers'][number] {
  return {
    id: container.id,
    composeHash: container.composeHash,
    image: container.image,
    finished: container.state === 'exited' && container.exitCode === 0,
  };
}
