import type { Settings } from '@itsup/config';
import { composeOwner, type Docker } from '@itsup/docker';

import { namesInLabels, type Use } from '../publish/references';
import type { StackSpec } from '../stack/stack-spec';

/**
 * Names that labels of running containers, and of a swarm's services, use, whoever started them; a stack's by the name
 * of the stack.
 */
export async function labelUses(
  docker: Docker,
  specs: ReadonlyMap<string, StackSpec>,
  engine: Settings['engine'],
): Promise<Use[]> {
  const running = (await docker.listContainers()).filter(
    ({ state }) => state !== 'exited' && state !== 'dead',
  );
  const stacks = new Map([...specs.values()].map((spec) => [spec.projectName, spec.stack]));
  const details = await docker.inspectContainers(running.map(({ id }) => id));
  const ofContainers = details.map(({ name, labels }) => ({
    user: stacks.get(composeOwner(labels).project) ?? `container ${name}`,
    names: namesInLabels(labels),
  }));
  const services = engine === 'swarm' ? await docker.swarm.listServices() : [];
  const ofServices = services.map(({ name, stack, labels }) => ({
    user: stacks.get(stack ?? '') ?? `service ${name}`,
    names: namesInLabels(labels),
  }));
  return [...ofContainers, ...ofServices];
}
