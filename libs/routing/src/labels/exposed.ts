import type { Settings } from '@itsup/config';
import { booleanIn, subtree, textField } from '@itsup/traefik';

/**
 * Whether Traefik reads containers that no label enables: `exposedByDefault` of its provider in the operator's
 * `traefik.yml`, in any case of the letters; what is generated has it off.
 */
export function exposedByDefault({
  traefikOverride,
  engine,
}: Pick<Settings, 'traefikOverride' | 'engine'>): boolean {
  const provider = subtree(
    subtree(traefikOverride?.data, 'providers'),
    engine === 'swarm' ? 'swarm' : 'docker',
  );
  return booleanIn(textField(provider, 'exposedByDefault') ?? '') === true;
}
