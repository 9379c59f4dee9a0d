import { compareText } from '@itsup/config';

import type { DesiredStack, ObservedContainer, ServicePlan } from '../model';
import type { Operation } from '../operation';

/** Networks of the stack's own that no container is on: they may not be there. */
export function absentNetworks(
  { ownNetworks }: Pick<DesiredStack, 'ownNetworks'>,
  containers: readonly ObservedContainer[],
): string[] {
  const present = new Set(containers.flatMap(({ networks }) => networks));
  return ownNetworks.map(({ name }) => name).filter((name) => !present.has(name));
}

/** Those of the absent networks that containers join while they run: nobody makes them else. */
export function networksJoinedLive(plans: readonly ServicePlan[], absent: readonly string[]): string[] {
  const joined = plans.flatMap(({ action, networks }) =>
    action === 'connect' ? networks.map(({ network }) => network) : [],
  );
  return [...new Set(joined)].filter((network) => absent.includes(network));
}

/**
 * Those of the absent networks that two operations may make at the same moment: each has its own Compose process, which
 * before Compose 5 makes every network of the file, and an engine before 25 lets two networks have one name, after
 * which nothing that names it works.
 */
export function networksMadeTwice(
  operations: readonly Operation[],
  { services }: Pick<DesiredStack, 'services'>,
  absent: readonly string[],
): string[] {
  const joined = new Set(
    services.flatMap(({ replicas, networks }) =>
      replicas > 0 ? networks.map(({ network }) => network) : [],
    ),
  );
  const made = absent.filter((name) => joined.has(name));
  if (made.length === 0) return [];
  const isBefore = orderOf(operations);
  const making = operations.filter(isMaking).map(({ id }) => id);
  const areSideBySide = making.some((one, index) =>
    making.slice(index + 1).some((other) => !isBefore(one, other) && !isBefore(other, one)),
  );
  return areSideBySide ? made.sort(compareText) : [];
}

/** It makes containers. */
function isMaking({ kind }: Operation): boolean {
  return ['start', 'recreate', 'roll', 'replace-traefik', 'scale'].includes(kind);
}

/** Whether one operation has ended when the other begins. */
function orderOf(operations: readonly Operation[]): (earlier: string, later: string) => boolean {
  const byId = new Map(operations.map((operation) => [operation.id, operation]));
  const before = new Map<string, ReadonlySet<string>>();
  const earlierThan = (id: string): ReadonlySet<string> => {
    const known = before.get(id);
    if (known !== undefined) return known;
    const all = new Set<string>();
    before.set(id, all);
    for (const one of byId.get(id)?.after ?? []) {
      all.add(one);
      for (const other of earlierThan(one)) all.add(other);
    }
    return all;
  };
  return (earlier, later) => earlierThan(later).has(earlier);
}
