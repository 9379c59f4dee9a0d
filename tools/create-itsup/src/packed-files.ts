import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Packed files in a folder by the name of their package: `itsup-config-1.2.3.tgz` is @itsup/config.
 *
 * @param named how package.json is to name that folder; default: as it is given
 */
export function packedFiles(folder: string, named: string = folder): Record<string, string> {
  const found = readdirSync(folder).flatMap((file) => {
    const name = packageOf(file);
    return name === null ? [] : [[name, `file:${join(named, file)}`] as const];
  });
  return Object.fromEntries(found);
}

/** All packages of the product depend on each other; null: none of them. */
function packageOf(file: string): string | null {
  const [, name, layer] = /^(itsup|create-itsup|itsup-([a-z]+))-\d.*\.tgz$/.exec(file) ?? [];
  if (name === undefined) return null;
  return layer === undefined ? name : `@itsup/${layer}`;
}
