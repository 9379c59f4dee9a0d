import { UserError, type Settings } from '@itsup/config';

/**
 * For what asks or changes containers of this machine alone: on a swarm it would show, or leave behind, half of the
 * truth.
 * @throws UserError where the settings say `engine: swarm`
 */
export function refuseSwarm({ engine, places }: Settings): void {
  if (engine !== 'swarm') return;
  const place = places?.engine;
  throw new UserError({
    code: 'not-on-a-swarm',
    severity: 'error',
    message: 'this command knows `engine: compose` alone so far',
    help: 'the documentation (Several machines) says which commands know a swarm, and what Docker itself offers instead',
    ...(place && { place }),
  });
}
