import { UserError, type Settings } from '@itsup/config';

/**
 * For what asks or changes containers of this machine alone: on a swarm it would show, or leave behind, half of the truth.
 * @throws UserError where the settings say `engine: swarm`
 */
export function refuseSwarm({ engine, places }: Settings): void {
  if (engine !== 'swarm') return;
  const place = places?.engine;
  throw new UserError({
    code: 'not-on-a-swarm',
    severity: 'error',
    message: 'a swarm is generated and validated for so far: this command knows `engine: compose` alone',
    help: 'take `engine: compose`, the default, to run the projects; the documentation (Several machines) says what there is of a swarm so far',
    ...(place && { place }),
  });
}
