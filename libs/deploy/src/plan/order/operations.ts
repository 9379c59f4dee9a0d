import { absentNetworks, networksJoinedLive, networksMadeTwice } from '../network/absent-networks';
import { hasRouteLabels } from '../service/route-labels';
import type { DesiredStack, ObservedContainer, ServicePlan, StackPlan } from '../model';
import type { NetworkMaker, Operation } from '../operation';
import { movedPorts, type MovedPorts } from './moved-ports';
import { orderServices, type ServiceKind } from './order-services';

/** What the operations of a stack depend on beside its plan. */
export interface OperationFacts {
  /** Traefik's service where this is the proxy's stack, whose way of being replaced is its own; null: it is not. */
  traefik: string | null;
  /** One of its networks is the one that the proxy and services with an address of their own share. */
  usesProxynet: boolean;
  /** Services that other stacks ask. */
  consumed: ReadonlySet<string>;
  /** Traefik is to lead to it. */
  hasRoutes(service: string): boolean;
}

type PlannedStack = Pick<StackPlan, 'services' | 'edges' | 'files' | 'networks'>;

/**
 * Turns a plan into what a deploy does, with what waits for what. Pure; every decision about order is made here. An
 * operation waits for those in its `after` and for nothing else.
 *
 * @param containers of the stack as they were observed
 */
export function operationsOf(
  plan: PlannedStack,
  desired: DesiredStack,
  containers: readonly ObservedContainer[],
  facts: OperationFacts,
): Operation[] {
  const kinds = new Map(
    plan.services.flatMap((service): [string, ServiceKind][] => {
      const kind = kindOf(service, desired, facts);
      return kind === null ? [] : [[service.service, kind]];
    }),
  );
  const moved = movedPorts(plan.services, desired.services, containers);
  const begin = (made: readonly string[]): { graph: Graph; services: Operation[] } => {
    const graph = new Graph();
    prepare(graph, plan, desired, facts, made, moved);
    const begun = [...graph.last];
    return {
      graph,
      services: orderServices({ plans: plan.services, desired, containers, kinds, facts, begun, moved }),
    };
  };
  const absent = absentNetworks(desired, containers);
  const joined = networksJoinedLive(plan.services, absent);
  const first = begin(joined);
  const twice = networksMadeTwice(first.services, desired, absent);
  const { graph, services } = twice.length === 0 ? first : begin([...new Set([...joined, ...twice])]);
  graph.add(...services);
  finish(graph, plan, services, facts, moved);
  return graph.operations;
}

/** How a service's containers come to what is wanted; null: they are that already, or go. */
function kindOf(plan: ServicePlan, desired: DesiredStack, facts: OperationFacts): ServiceKind | null {
  switch (plan.action) {
    case 'create':
    case 'start':
      return 'start';
    case 'recreate':
    case 'restart':
      return plan.action;
    case 'rollout':
      return plan.service === facts.traefik ? 'replace-traefik' : 'roll';
    case 'scale':
      return isScaledLosslessly(plan, desired) ? 'scale' : 'start';
    case 'connect':
    case 'disconnect':
    case 'move':
    case 'remove':
    case 'none':
      return null;
  }
}

/**
 * Whether the service goes on serving when its number changes: none may be left, and a job that ends serves nobody.
 * What Traefik leads to is no job, whatever its restart policy: Compose's default lets every container end.
 */
export function isScaledLosslessly(plan: ServicePlan, desired: Pick<DesiredStack, 'services'>): boolean {
  if (plan.action !== 'scale' || plan.replicas === 0) return false;
  const service = desired.services.find((one) => one.name === plan.service);
  return service?.mayFinish !== true || hasRouteLabels(desired, plan.service);
}

/** What comes before any service is touched: short acts, one after the other. */
function prepare(
  graph: Graph,
  plan: PlannedStack,
  desired: DesiredStack,
  facts: OperationFacts,
  made: readonly string[],
  { goFirst }: MovedPorts,
): void {
  const { traefik } = facts;
  if (facts.usesProxynet) graph.chain({ id: 'make-proxynet', kind: 'make-proxynet' });
  if (traefik !== null) {
    const action = plan.services.find(({ service }) => service === traefik)?.action ?? 'none';
    if (plan.files.length > 0) {
      const isHandedOver = action === 'rollout';
      graph.chain({ id: 'publish-configuration', kind: 'publish-configuration', isHandedOver });
    }
    if (action !== 'none') graph.chain({ id: 'hand-files', kind: 'hand-files' });
  }
  const leftovers = plan.services.filter(({ action }) => action !== 'remove').flatMap(goingAtOnce);
  if (leftovers.length > 0) graph.chain(removal('remove leftovers', 'remove-leftovers', leftovers));
  removeServices(graph, 'make room', goFirst, plan);
  for (const { network, members, reasons } of plan.networks) {
    const makers = makersOf(plan.services, desired, [network]);
    if (makers.length === 0) continue;
    graph.chain({
      id: `recreate-network ${network}`,
      kind: 'recreate-network',
      network,
      members,
      makers,
      reasons,
    });
  }
  const networks = [...desired.edges.map(({ network }) => network), ...made];
  const makers = makersOf(plan.services, desired, networks);
  if (makers.length > 0) graph.chain({ id: 'make-networks', kind: 'make-networks', networks, makers });
  if (desired.edges.length > 0) graph.chain({ id: 'attach-providers', kind: 'attach-providers' });
  for (const { service, action } of plan.services) {
    if (action === 'connect' || action === 'disconnect' || action === 'move')
      graph.chain({ id: `${action} ${service}`, kind: action, service });
  }
}

/** What waits for all services: routes, and then what nothing leads to any more. */
function finish(
  graph: Graph,
  plan: PlannedStack,
  services: readonly Operation[],
  facts: OperationFacts,
  { goFirst }: MovedPorts,
): void {
  if (
    graph.operations.length === 0 &&
    plan.files.length === 0 &&
    plan.edges.every(({ action }) => action === 'none') &&
    plan.services.every(({ action }) => action === 'none')
  )
    return;
  graph.waitForAll();
  graph.chain({ id: 'publish-routes', kind: 'publish-routes' });
  const started = services.flatMap((operation) => {
    if (operation.kind === 'start') return operation.services.map(({ service }) => service);
    return operation.kind === 'recreate' || operation.kind === 'restart' ? [operation.service] : [];
  });
  const routed = started.filter(
    (service) =>
      facts.hasRoutes(service) && plan.services.some((one) => one.service === service && one.replicas > 0),
  );
  if (routed.length > 0) graph.chain({ id: 'await-routes', kind: 'await-routes', services: routed });
  const removed = plan.services.filter(({ action }) => action === 'remove').map(({ service }) => service);
  removeServices(graph, 'remove services', new Set(removed.filter((service) => !goFirst.has(service))), plan);
  for (const { action, network } of plan.edges) {
    if (action === 'disconnect')
      graph.chain({ id: `remove-network ${network}`, kind: 'remove-network', network });
  }
}

function removeServices(
  graph: Graph,
  id: string,
  names: ReadonlySet<string>,
  { services }: Pick<PlannedStack, 'services'>,
): void {
  const going = services.filter(({ service }) => names.has(service));
  if (going.length === 0) return;
  const containers = going.map(({ service, leftovers }) => ({ service, containers: leftovers }));
  graph.chain(removal(id, 'remove-services', containers));
}

interface Going {
  service: string;
  containers: string[];
}

/** Those that make room, or are dead; what serves until others do goes later. */
function goingAtOnce({ service, leftovers, retired }: ServicePlan): Going[] {
  const containers = leftovers.filter((id) => !retired.includes(id));
  return containers.length > 0 ? [{ service, containers }] : [];
}

function removal(
  id: string,
  step: 'remove-leftovers' | 'remove-services',
  going: Going[],
): Omit<Extract<Operation, { kind: 'remove' }>, 'after' | 'reasons'> {
  return {
    id,
    kind: 'remove',
    step,
    services: going.map(({ service }) => service),
    containers: going.flatMap(({ containers }) => containers),
  };
}

/**
 * For each network a service that joins it, one that has containers rather than another. Compose from 5 on makes no
 * other's.
 */
function makersOf(
  plans: readonly ServicePlan[],
  desired: DesiredStack,
  networks: readonly string[],
): NetworkMaker[] {
  const chosen = networks.flatMap((network) => {
    const joining = plans.filter(({ service }) =>
      desired.services.some(
        (one) =>
          one.name === service && one.replicas > 0 && one.networks.some((use) => use.network === network),
      ),
    );
    return joining.find((service) => service.current.length > 0) ?? joining[0] ?? [];
  });
  return [...new Set(chosen)].map((plan) => ({
    service: plan.service,
    scale: Math.max(1, presentOf(plan)),
  }));
}

/** How many containers of the service there are once those that go at once are gone. */
function presentOf({ current, leftovers, retired }: ServicePlan): number {
  const staying = current.filter((container) => !leftovers.includes(container));
  return new Set([...staying, ...retired]).size;
}

type Unplaced<T> = T extends Operation ? Omit<T, 'after' | 'reasons'> & { reasons?: string[] } : never;

/** Operations in the order they were added, and those that what comes next waits for. */
class Graph {
  readonly operations: Operation[] = [];
  last: string[] = [];

  /** Comes after all that `last` holds. */
  chain(operation: Unplaced<Operation>): void {
    this.operations.push({ ...operation, after: this.last, reasons: operation.reasons ?? [] });
    this.last = [operation.id];
  }

  add(...operations: Operation[]): void {
    this.operations.push(...operations);
  }

  /** Of all that is there, what nothing waits for yet. */
  waitForAll(): void {
    const awaited = new Set(this.operations.flatMap(({ after }) => after));
    this.last = this.operations.filter(({ id }) => !awaited.has(id)).map(({ id }) => id);
  }
}
