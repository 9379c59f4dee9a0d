import type { DesiredService, ServicePlan } from '../plan/model';
import type { SwarmOperation, Unplaced } from '../plan/operation';
import { wavesOf } from './waves';

/** What the operations of a stack on the swarm depend on beside its plan. */
export interface SwarmOrder {
  /** What happens to each service. */
  services: readonly ServicePlan[];
  desired: readonly DesiredService[];
  /** Services that are to be replaced behind a bridge. */
  bridged: readonly string[];
  /** Files that the proxy reads differ. */
  publishes: boolean;
}

/** Something of the services differs, and not only what files say of them. */
export function hasChanges({ services }: Pick<SwarmOrder, 'services'>): boolean {
  return services.some(({ action, build, pull }) => action !== 'none' || build || pull);
}

/**
 * What a deploy does with a stack on the swarm, one act after the other: the engine itself works side by side. New
 * services come in the order of `depends_on`; what is there already is updated with the last of them. Pure.
 */
export function swarmOperations({ services, desired, bridged, publishes }: SwarmOrder): SwarmOperation[] {
  const operations: SwarmOperation[] = [];
  const add = (operation: Unplaced<SwarmOperation, 'after' | 'reasons'>): void => {
    const last = operations.at(-1);
    operations.push({ ...operation, after: last === undefined ? [] : [last.id], reasons: [] });
  };
  if (hasChanges({ services })) {
    const changed = services.flatMap(({ service, action }) =>
      ['none', 'remove'].includes(action) ? [] : [service],
    );
    const created = services.filter(({ action }) => action === 'create').map(({ service }) => service);
    add({ id: 'make-objects', kind: 'make-objects' });
    const waves = wavesOf(desired, new Set(created));
    // A bridge may need what is new, all of it.
    for (const wave of bridged.length > 0 ? waves : waves.slice(0, -1))
      add({ id: `start ${wave.join(', ')}`, kind: 'start-new', services: wave });
    add(
      bridged.length > 0
        ? {
            id: 'update-behind-bridge',
            kind: 'update-behind-bridge',
            services: changed,
            bridged: [...bridged],
          }
        : { id: 'update', kind: 'update', services: changed },
    );
    add({ id: 'remove-old-objects', kind: 'remove-old-objects' });
  }
  if (publishes) add({ id: 'publish-routes', kind: 'publish-routes' });
  return operations;
}
