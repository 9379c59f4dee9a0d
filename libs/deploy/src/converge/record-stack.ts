import type { LoadedStack } from '../desired/load-desired';
import type { DeployedService, ObservedContainer } from '../plan/model';
import { observe } from '../plan/observe';
import { restorePath } from '../state/records';
import { writeDeployed, type DeployedFile } from '../state/deployed';
import { writeFileAtomic } from '../state/atomic-file';
import type { Run } from '../stacks/prepare-run';

/** Remembers what runs now and what it was made from, so that the next deploy recognises it, and a rollback finds it. */
export async function recordStack(run: Run, loaded: LoadedStack, id: string): Promise<DeployedFile> {
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
    record: id,
  };
  if (loaded.source !== null) {
    const images = Object.fromEntries(desired.services.map((service) => [service.name, service.imageId]));
    const restore = JSON.stringify({ version: 1, model: loaded.source, images });
    await writeFileAtomic(restorePath(state, spec.stack, id), `${restore}\n`);
  }
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
