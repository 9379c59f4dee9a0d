import { compareText } from '@itsup/config';

import type { DesiredStack, ObservedContainer } from '../model';
import type { Operation } from '../operation';

/**
 * Networks of the stack that two operations may make at the same moment: each has its own Compose process, which before
 * Compose 5 makes every network of the file, and an engine before 25 lets two networks have one name, after which
 * nothing that names it works. One that a container is on is there.
 */
export function networksMadeTwice(
  operations: readonly Operation[],
  { services, ownNetworks }: Pick<DesiredStack, 'services' | 'ownNetworks'>,
  containers: readonly ObservedContainer[],
): string[] {
  const present = new Set(containers.flatMap(({ networks }) => networks));
  const joined = new Set(
    services.flatMap(({ replicas, networks }) =>
      replicas > 0 ? networks.map(({ network }) => network) : [],
    ),
  );
  const absent = ownNetworks.map(({ name }) => name).filter((name) => joined.has(name) && !present.has(name));
  if (absent.length === 0) return [];
  const isBefore = orderOf(operations);
  const making = operations.filter(isMaking).map(({ id }) => id);
  const areSideBySide = making.some((one, index) =>
    making.slice(index + 1).some((other) => !isBefore(one, other) && !isBefore(other, one)),
  );
  return areSideBySide ? absent.sort(compareText) : [];
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
