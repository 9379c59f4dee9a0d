import type { DownOperation, Unplaced } from '../operation';

/**
 * What taking a stack down does, one act after the other: its routes go first, so that nobody is led to what goes.
 * Pure.
 *
 * @param services that have containers
 */
export function downOperations(
  services: readonly string[],
  { volumes }: { volumes: boolean },
): DownOperation[] {
  return inTurn([
    { kind: 'drop-routes' },
    { kind: 'lead-on' },
    { kind: 'remove-project', services: [...services], volumes },
    { kind: 'remove-project-networks' },
    ...(volumes ? [{ kind: 'remove-project-volumes' as const }] : []),
    { kind: 'lead-back' },
    { kind: 'forget' },
  ]);
}

/** The same of a stack on a swarm: its networks, configs and secrets go with its services. Pure. */
export function downOnSwarm(services: readonly string[], { volumes }: { volumes: boolean }): DownOperation[] {
  return inTurn([
    { kind: 'drop-routes' },
    { kind: 'remove-project', services: [...services], volumes: false },
    ...(volumes ? [{ kind: 'remove-project-volumes' as const }] : []),
    { kind: 'forget' },
  ]);
}

/** The same of a stack whose containers are another one's by now: nothing of them goes. */
export function forgetOperations(): DownOperation[] {
  return inTurn([{ kind: 'drop-routes' }, { kind: 'forget' }]);
}

function inTurn(acts: readonly Unplaced<DownOperation, 'id' | 'after' | 'reasons'>[]): DownOperation[] {
  let before: DownOperation['kind'] | null = null;
  return acts.map((act) => {
    const operation = { ...act, id: act.kind, after: before === null ? [] : [before], reasons: [] };
    before = act.kind;
    return operation;
  });
}
