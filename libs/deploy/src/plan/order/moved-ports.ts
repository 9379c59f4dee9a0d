import { compareText } from '@itsup/config';

import type { DesiredService, ObservedContainer, ServicePlan } from '../model';
import { STARTING } from '../taken-ports';

/** Ports of the host that go from one of the stack's services to another in one change. */
export interface MovedPorts {
  /** Services of the file no more whose containers hold a port that another one is to publish: they go first. */
  goFirst: ReadonlySet<string>;
  /** By service: those that are recreated before it, for they give up a port that it takes. */
  after: ReadonlyMap<string, readonly string[]>;
  /** Services that would have to wait for each other, for they exchange their ports. */
  circle: readonly string[];
}

/**
 * The engine gives a port to one container at a time, so who has it goes before who is to have it. Two that exchange
 * theirs wait for nobody. Pure.
 *
 * @param containers of the stack
 */
export function movedPorts(
  plans: readonly ServicePlan[],
  services: readonly DesiredService[],
  containers: readonly ObservedContainer[],
): MovedPorts {
  const goFirst = new Set<string>();
  const after = new Map<string, string[]>();
  const actions = new Map(plans.map(({ service, action }) => [service, action]));
  for (const { service, action, replicas } of plans) {
    if (!STARTING.includes(action) || replicas === 0) continue;
    const ports = services.find(({ name }) => name === service)?.ports ?? [];
    for (const other of holdersOf(ports, containers)) {
      if (other === service) continue;
      if (actions.get(other) === 'remove') goFirst.add(other);
      if (actions.get(other) === 'recreate') after.set(service, [...(after.get(service) ?? []), other]);
    }
  }
  const inCircle = (service: string): boolean => reaches(after, service, service, new Set());
  const straight = [...after].flatMap(([service, others]): [string, string[]][] => {
    const left = others.filter((other) => !inCircle(service) || !inCircle(other));
    return left.length > 0 ? [[service, [...new Set(left)]]] : [];
  });
  return { goFirst, after: new Map(straight), circle: [...after.keys()].filter(inCircle).sort(compareText) };
}

/** Services whose running containers have one of these ports. */
function holdersOf(ports: readonly string[], containers: readonly ObservedContainer[]): Set<string> {
  const holding = containers.filter(
    (one) => one.state === 'running' && one.ports?.some((port) => ports.includes(port)),
  );
  return new Set(holding.map(({ service }) => service));
}

function reaches(
  after: ReadonlyMap<string, readonly string[]>,
  from: string,
  to: string,
  seen: Set<string>,
): boolean {
  return (after.get(from) ?? []).some((next) => {
    if (next === to) return true;
    if (seen.has(next)) return false;
    seen.add(next);
    return reaches(after, next, to, seen);
  });
}
