import { mappingOf, type Settings } from '@itsup/config';
import { booleanIn } from '@itsup/traefik';

/**
 * Whether Traefik reads containers that no label enables: `exposedByDefault` of its provider in the operator's
 * `traefik.yml`, in any case of the letters; what is generated has it off.
 */
export function exposedByDefault({
  traefikOverride,
  engine,
}: Pick<Settings, 'traefikOverride' | 'engine'>): boolean {
  let node: unknown = traefikOverride?.data;
  for (const key of ['providers', engine === 'swarm' ? 'swarm' : 'docker', 'exposedbydefault'])
    node = Object.entries(mappingOf(node)).find(([name]) => name.toLowerCase() === key)?.[1];
  return node === true || (typeof node === 'string' && booleanIn(node) === true);
}
