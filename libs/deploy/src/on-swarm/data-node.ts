import { UserError } from '@itsup/config';
import type { ComposeModel, ComposeService, SwarmNode } from '@itsup/docker';

import type { SwarmFacts } from './swarm-facts';

const DATA_PREFIX = 'itsup.data.';

/** Label of the node that has the data of a stack. */
export function dataLabel(projectName: string): string {
  return `${DATA_PREFIX}${projectName}`;
}

/** Holds a service to the machine with the data of its stack. */
export function dataConstraint(projectName: string): string {
  return `node.labels.${dataLabel(projectName)} == true`;
}

/** Compose projects whose data a node has. */
export function dataOf({ labels }: Pick<SwarmNode, 'labels'>): string[] {
  return Object.entries(labels)
    .filter(([label, value]) => label.startsWith(DATA_PREFIX) && value === 'true')
    .map(([label]) => label.slice(DATA_PREFIX.length))
    .sort();
}

/** Services whose volumes or folders are on one machine: started elsewhere, they would begin with empty ones. */
export function servicesWithData({ services, volumes = {} }: ComposeModel): string[] {
  const isLocal = (name: string | undefined): boolean => {
    const volume = name === undefined ? undefined : volumes[name];
    const driver = volume?.driver ?? 'local';
    // What a driver option mounts from elsewhere (`type: nfs`) is the same everywhere.
    return driver === 'local' && !['nfs', 'nfs4', 'cifs'].includes(volume?.driver_opts?.['type'] ?? '');
  };
  const hasData = ({ volumes: mounts = [] }: ComposeService): boolean =>
    mounts.some(({ type, source }) => type === 'bind' || (type === 'volume' && isLocal(source)));
  return Object.entries(services).flatMap(([name, service]) => (hasData(service) ? [name] : []));
}

/**
 * The node that has the stack's data, or is to have it: this one, where nothing of the stack ran before.
 * @param hasRun a service with data is on the swarm already
 * @returns the node, and whether it has to be labelled
 * @throws UserError where the data would begin anew beside what there is
 */
export function dataNode(
  stack: string,
  projectName: string,
  { nodes, nodeId }: Pick<SwarmFacts, 'nodes' | 'nodeId'>,
  hasRun: boolean,
): { node: SwarmNode; isNew: boolean } {
  const label = dataLabel(projectName);
  const labelled = nodes.filter(({ labels }) => labels[label] === 'true');
  const [node, second] = labelled;
  const refuse = (message: string, help: string): UserError =>
    new UserError({ code: 'data-misplaced', severity: 'error', project: stack, message, help });
  if (second !== undefined) {
    throw refuse(
      `the data of ${stack} is said to be on ${labelled.map(({ hostName }) => hostName).join(' and ')}`,
      `take the label from all but the one that has it: docker node update --label-rm ${label} <node>`,
    );
  }
  if (node !== undefined) {
    if (node.availability === 'active' && node.state === 'ready') return { node, isNew: false };
    throw refuse(
      `the data of ${stack} is on ${node.hostName}, which is ${node.state === 'ready' ? `set to ${node.availability}` : node.state}: elsewhere it would begin with empty volumes`,
      node.state === 'ready'
        ? `let it work again: docker node update --availability active ${node.hostName}`
        : 'bring the machine back, or copy the data to another one, label that and take the label from this',
    );
  }
  const own = nodes.find(({ id }) => id === nodeId);
  if (hasRun || own === undefined) {
    throw refuse(
      `no node has the label ${label} any more: which machine has the data of ${stack} is not known`,
      `label the one that has it: docker node update --label-add ${label}=true <node>`,
    );
  }
  return { node: own, isNew: true };
}
