import { NETWORK_LABEL, PROXYNET } from '@itsup/routing';

import type { DeployedService, DesiredService, ObservedContainer } from '../model';
import { changedAspects, describeImage } from './reasons';

/** What differs when a service does nothing but leave the network that all public services once shared. */
const LEAVING = [`label ${NETWORK_LABEL}`, `network ${PROXYNET}`];

/** Does the definition take the service off proxynet, where it was? */
export function leavesShared(desired: DesiredService, deployed: DeployedService | null): boolean {
  return (
    deployed?.aspects[`network ${PROXYNET}`] !== undefined &&
    desired.aspects[`network ${PROXYNET}`] === undefined
  );
}

/**
 * Whether a service that would be recreated can leave proxynet while it serves: nothing else of it changed, and each of
 * its containers has exactly one other network, by which Traefik then comes although the label says proxynet. The label
 * is part of the container, and follows at its next change. Edges to consumers do not count: Traefik may come by them
 * as well, and reaches them.
 * @param inbound networks of the edges that lead to the stack
 */
export function canMove(
  desired: DesiredService,
  deployed: DeployedService,
  serving: readonly ObservedContainer[],
  inbound: readonly string[] = [],
): boolean {
  if (!leavesShared(desired, deployed) || describeImage(deployed, desired) !== null) return false;
  const changes = changedAspects(deployed, desired.aspects);
  if (changes.some((aspect) => !LEAVING.includes(aspect))) return false;
  const known = new Set(deployed.containers.map(({ id }) => id));
  const others = ({ networks }: ObservedContainer): string[] =>
    networks.filter((network) => network !== PROXYNET && !inbound.includes(network));
  return serving.every((container) => known.has(container.id) && others(container).length === 1);
}

/** Of containers that left proxynet while they served. */
export const MOVED_REASON = `moved off ${PROXYNET} while it served; its label follows at its next change`;
