import type { NetworkDetails } from '@itsup/docker';
import { compareText } from '@itsup/config';

import type {
  DeployedStack,
  DesiredStack,
  ObservedContainer,
  ServicePlan,
  StackPlan,
  StartingService,
} from './model';
import { followOthers } from './service/follow-others';
import { downOperations } from './order/down-operations';
import { planEdges } from './network/plan-edges';
import { planNetworks } from './network/plan-networks';
import { planService } from './service/plan-service';

/** What the planner is told; nothing of it is read from anywhere else. */
export interface StackInput {
  desired: DesiredStack;
  /** null: this workspace never deployed the stack. */
  deployed: DeployedStack | null;
  /** By service, what the last deploy left running before it was ready; default: nothing. */
  starting?: Readonly<Record<string, StartingService>>;
  /** All containers of the engine that Compose made, one-off ones left out; of other stacks too, for the edges. */
  containers: ObservedContainer[];
  /** Networks of the edges of other stacks that lead to this one; default: none. */
  inbound?: readonly string[];
  /** The stack's own networks, those of them that were looked at; default: none. */
  networks?: readonly NetworkDetails[];
}

/** Compares what should run with what runs. Pure: the same input gives the same plan. */
export function planStack(input: StackInput): StackPlan {
  const { desired, deployed, starting = {}, containers, inbound = [], networks: live = [] } = input;
  const own = containers.filter((container) => container.projectName === desired.projectName);
  const alone = [
    ...desired.services.map((service) =>
      planService(
        service,
        deployed?.services[service.name] ?? null,
        own.filter((container) => container.service === service.name),
        { inbound, starting: starting[service.name] ?? null },
      ),
    ),
    ...planRemovals(desired, deployed, own),
  ].sort((a, b) => compareText(a.service, b.service));
  const services = followOthers(alone, desired, own);
  const networks = planNetworks(desired, deployed?.networks, live, own);
  const edges = planEdges(desired.stack, desired.edges, deployed?.edges ?? [], containers);
  return {
    stack: desired.stack,
    projectName: desired.projectName,
    kind: 'converge',
    services,
    edges,
    networks,
    files: [],
    operations: [],
    unchanged:
      networks.length === 0 &&
      services.every((service) => service.action === 'none') &&
      edges.every((edge) => edge.action === 'none'),
    fromRecord: false,
    notes: [],
  };
}

/** Everything of the stack goes: `enabled: false`, down, prune. */
export function planDown(
  stack: string,
  projectName: string,
  containers: ObservedContainer[],
  deployed: DeployedStack | null,
  reason: string,
): StackPlan {
  const own = containers.filter((container) => container.projectName === projectName);
  const names = [...new Set(own.map((container) => container.service))].sort(compareText);
  const edges = planEdges(stack, [], deployed?.edges ?? [], containers);
  return {
    stack,
    projectName,
    kind: 'down',
    services: names.map((name) =>
      removal(
        name,
        own.filter((container) => container.service === name),
        reason,
      ),
    ),
    edges,
    networks: [],
    files: [],
    operations: downOperations(names, { volumes: false }),
    unchanged: own.length === 0 && edges.length === 0,
    fromRecord: false,
    notes: [],
  };
}

/** Services that run and that the Compose file names no more; those of an inactive profile are left alone. */
function planRemovals(
  desired: DesiredStack,
  deployed: DeployedStack | null,
  own: ObservedContainer[],
): ServicePlan[] {
  const wanted = new Set(desired.services.map((service) => service.name));
  const names = [...new Set(own.map((container) => container.service))].filter((name) => !wanted.has(name));
  return names.flatMap((name) => {
    const containers = own.filter((container) => container.service === name);
    if (!desired.inactiveServices.includes(name))
      return [removal(name, containers, 'no longer in the Compose file')];
    const ours = new Set(deployed?.services[name]?.containers.map((container) => container.id));
    const deployedHere = containers.filter((container) => ours.has(container.id));
    return deployedHere.length > 0 ? [removal(name, deployedHere, 'its profile is not active any more')] : [];
  });
}

function removal(service: string, containers: ObservedContainer[], reason: string): ServicePlan {
  return {
    service,
    action: 'remove',
    reasons: [reason],
    notRolled: [],
    build: false,
    pull: false,
    replicas: 0,
    current: [],
    leftovers: containers.map((container) => container.id),
    retired: [],
    networks: [],
  };
}
