import type { SwarmService } from '@itsup/docker';

import type { DeployedService } from '../plan/model';

/** On services, configs, secrets and networks: the workspace that made them, by its id. */
export const WORKSPACE_LABEL = 'itsup.workspace';
/** The stack, as the workspace calls it. */
export const STACK_NAME_LABEL = 'itsup.stack';
/** On services: what they were made from, in digests, so that whoever reads the swarm can plan. */
const DEPLOYED_LABEL = 'itsup.deployed';

/** What a service was deployed as; its containers are the engine's business. */
export type DeployedOnSwarm = Omit<DeployedService, 'containers'>;

/** The labels by which a later deploy knows a service. */
export function deployedLabels(
  workspace: string,
  stack: string,
  deployed: DeployedOnSwarm,
): Record<string, string> {
  return {
    [WORKSPACE_LABEL]: workspace,
    [STACK_NAME_LABEL]: stack,
    // The CLI expands variables in the file that these stand in.
    [DEPLOYED_LABEL]: JSON.stringify(deployed).replaceAll('$', '$$$$'),
  };
}

/** What a service was deployed as; null: it does not say, or not in words of this version. */
export function deployedOf({ labels }: Pick<SwarmService, 'labels'>): DeployedOnSwarm | null {
  try {
    const read: unknown = JSON.parse(labels[DEPLOYED_LABEL] ?? 'null');
    return isDeployed(read) ? read : null;
  } catch {
    return null;
  }
}

function isDeployed(read: unknown): read is DeployedOnSwarm {
  return (
    typeof read === 'object' &&
    read !== null &&
    'aspects' in read &&
    typeof read.aspects === 'object' &&
    'image' in read &&
    typeof read.image === 'string'
  );
}
