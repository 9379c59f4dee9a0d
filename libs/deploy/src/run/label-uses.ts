import { composeOwner, type Docker } from '@itsup/docker';

import { namesInLabels, type Use } from '../publish/references';
import type { StackSpec } from '../stack/stack-spec';

/** Names that labels of running containers use, whoever started them; a stack's containers by the name of the stack. */
export async function labelUses(docker: Docker, specs: ReadonlyMap<string, StackSpec>): Promise<Use[]> {
  const running = (await docker.listContainers()).filter(
    ({ state }) => state !== 'exited' && state !== 'dead',
  );
  const stacks = new Map([...specs.values()].map((spec) => [spec.projectName, spec.stack]));
  const details = await docker.inspectContainers(running.map(({ id }) => id));
  return details.map(({ name, labels }) => ({
    user: stacks.get(composeOwner(labels).project) ?? `container ${name}`,
    names: namesInLabels(labels),
  }));
}
