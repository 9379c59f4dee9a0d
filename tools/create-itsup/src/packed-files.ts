import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Packed files in a folder by the name of their package: `itsup-config-1.2.3.tgz` is @itsup/config.
 *
 * @param named how package.json is to name that folder; default: as it is given
 */
export function packedFiles(folder: string, named: string = folder): Record<string, string> {
  const found = readdirSync(folder).flatMap((file) => {
    const [, layer] = /^itsup-(?:([a-z]+)-)?\d.*\.tgz$/.exec(file) ?? [undefined, null];
    if (layer === null) return [];
    return [[layer === undefined ? 'itsup' : `@itsup/${layer}`, `file:${join(named, file)}`] as const];
  });
  return Object.fromEntries(found);
}
