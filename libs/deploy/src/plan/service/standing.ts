import type { DeployedService, DesiredService, ObservedContainer, StartingService } from '../model';

/**
 * A container of ours is known by its id, or by the Compose hash that our deploy left (someone recreated it unchanged).
 * Any other is adopted when Compose's own hash and the image agree; the hash says nothing of mounted contents.
 */
export function isCurrent(
  container: ObservedContainer,
  desired: DesiredService,
  deployed: DeployedService | null,
  changed: boolean,
): boolean {
  const imageAgrees =
    desired.imageId === null || container.imageId === null || container.imageId === desired.imageId;
  const known =
    deployed?.containers.some(
      (record) =>
        record.id === container.id ||
        (record.composeHash !== null && record.composeHash === container.definition),
    ) ?? false;
  if (known) return !changed && imageAgrees;
  return container.definition !== null && container.definition === desired.definition && imageAgrees;
}

/**
 * Whether the last deploy left the container running before it was ready: it is waited for again. One with data goes on
 * though its health check has failed by now, for it may be at work on these.
 */
export function isAwaited({ id, state, health }: ObservedContainer, left: StartingService | null): boolean {
  if (left === null || !isOf(left, id) || state !== 'running' || health === 'healthy') return false;
  return health !== 'unhealthy' || left.withData.includes(id);
}

/** Whether nobody has seen the container ready yet: a deploy that was ended made it, or somebody by hand. */
export function isNewcomer(
  { id, state, health }: ObservedContainer,
  deployed: DeployedService | null,
): boolean {
  return state === 'running' && health === 'starting' && !isOf(deployed, id);
}

/** Whether it ended well, as it may, under our last deploy. */
export function hasFinished(
  container: ObservedContainer,
  desired: DesiredService,
  deployed: DeployedService | null,
): boolean {
  return (
    desired.mayFinish &&
    container.state === 'exited' &&
    container.exitCode === 0 &&
    (deployed?.containers.some((record) => record.id === container.id && record.finished) ?? false)
  );
}

/** Whether it is one of those that this record knows by id. */
export function isOf(service: DeployedService | null, id: string): boolean {
  return service?.containers.some((record) => record.id === id) ?? false;
}
