import { compareText } from '@itsup/config';

import type { DesiredStack, ObservedContainer } from './model';
import type { Operation } from './operation';

/**
 * Networks of the stack that two operations may make at the same moment: each has its own Compose process, and an
 * engine before 25 lets two networks have one name, after which nothing that names it works. One that a container is on
 * is there.
 */
export function networksMadeTwice(
  operations: readonly Operation[],
  { services, ownNetworks }: Pick<DesiredStack, 'services' | 'ownNetworks'>,
  containers: readonly ObservedContainer[],
): string[] {
  const present = new Set(containers.flatMap(({ networks }) => networks));
  const absent = ownNetworks.map(({ name }) => name).filter((name) => !present.has(name));
  if (absent.length === 0) return [];
  const isBefore = orderOf(operations);
  const making = operations.flatMap((operation) => {
    const names = servicesMadeBy(operation);
    const joined = services.flatMap(({ name, networks }) =>
      names.includes(name) ? networks.map(({ network }) => network) : [],
    );
    return names.length === 0 ? [] : [{ id: operation.id, joined }];
  });
  return absent
    .filter((network) => {
      const makers = making.filter(({ joined }) => joined.includes(network));
      return makers.some((one, index) =>
        makers.slice(index + 1).some((other) => !isBefore(one.id, other.id) && !isBefore(other.id, one.id)),
      );
    })
    .sort(compareText);
}

/** Services that it makes containers for. */
function servicesMadeBy(operation: Operation): string[] {
  if (operation.kind === 'start') return operation.services.map(({ service }) => service);
  const isMaking =
    operation.kind === 'recreate' ||
    operation.kind === 'roll' ||
    operation.kind === 'replace-traefik' ||
    operation.kind === 'scale';
  return isMaking ? [operation.service] : [];
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
