import type { NetworkMaker, Operation } from '../../plan/operation';
import type { Convergence } from '../convergence';
import { existingNetworks } from './edges';

/** Networks are there before anything that needs them starts. */
export async function makeNetworks(
  { context, loaded, journal }: Convergence,
  { networks, makers }: Extract<Operation, { kind: 'make-networks' }>,
): Promise<void> {
  const present = await existingNetworks(context.docker, networks);
  if (networks.every((network) => present.has(network))) return;
  await journal.step('make-networks', () => createByCompose(loaded, makers));
}

/** Compose makes the networks of these services, and of these numbers no container. */
export function createByCompose(
  { compose }: Convergence['loaded'],
  makers: readonly NetworkMaker[],
): Promise<void> {
  return compose.up({
    noStart: true,
    // Of what they depend on Compose would take containers away that are above the number.
    noDeps: true,
    services: makers.map(({ service }) => service),
    noRecreate: true,
    noBuild: true,
    pull: 'never',
    scale: Object.fromEntries(makers.map(({ service, scale }) => [service, scale])),
  });
}
