import { compareText } from '@itsup/config';
import { portsOverlap, type HostPort } from '@itsup/docker';

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
 * theirs wait for nobody, nor does who is to have a port for one that keeps it. Pure.
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
  const planned = new Map(plans.map((plan) => [plan.service, plan]));
  const portsOf = (service: string): readonly HostPort[] =>
    planned.get(service)?.replicas === 0 ? [] : (services.find(({ name }) => name === service)?.ports ?? []);
  for (const { service, action } of plans) {
    if (!STARTING.includes(action)) continue;
    for (const port of portsOf(service)) {
      for (const other of holdersOf(port, containers)) {
        const going = planned.get(other)?.action;
        if (other === service || portsOf(other).some((kept) => portsOverlap(kept, port))) continue;
        if (going === 'remove') goFirst.add(other);
        if (going === 'recreate') after.set(service, [...(after.get(service) ?? []), other]);
      }
    }
  }
  const inCircle = (service: string): boolean => reaches(after, service, service, new Set());
  const straight = [...after].flatMap(([service, others]): [string, string[]][] => {
    const left = others.filter((other) => !inCircle(service) || !inCircle(other));
    return left.length > 0 ? [[service, [...new Set(left)]]] : [];
  });
  return { goFirst, after: new Map(straight), circle: [...after.keys()].filter(inCircle).sort(compareText) };
}

/** Services whose running containers keep others from the port. */
function holdersOf(port: HostPort, containers: readonly ObservedContainer[]): Set<string> {
  const holding = containers.filter(
    (one) => one.state === 'running' && one.ports?.some((held) => portsOverlap(held, port)),
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
