import type { Operation } from '../plan/operation';
import type { Convergence } from './convergence';
import { existingNetworks } from './edges';

/** The networks to this stack's providers are there before anything that needs them starts. */
export async function makeNetworks(
  { context, loaded, journal }: Convergence,
  { service, scale }: Extract<Operation, { kind: 'make-networks' }>,
): Promise<void> {
  const wanted = loaded.desired.edges.map((edge) => edge.network);
  const present = await existingNetworks(context.docker, wanted);
  if (wanted.every((network) => present.has(network))) return;
  await journal.step('make-networks', () => createByCompose(loaded, service, scale));
}

/** Compose makes the stack's networks with the first container that it creates: at this number it creates none. */
export function createByCompose(
  { compose }: Convergence['loaded'],
  service: string,
  scale: number,
): Promise<void> {
  return compose.create({
    services: [service],
    noRecreate: true,
    noBuild: true,
    pull: 'never',
    scale: { [service]: scale },
  });
}
