import { createRequire } from 'node:module';
import type * as schemasModule from './schemas';

const load = createRequire(__filename);

/**
 * The schemas, loaded when the first file has to be checked: zod and they take 40 ms, more than a run needs for fifty
 * projects that are as they were.
 */
export function schemas(): typeof schemasModule {
  return load('./schemas') as typeof schemasModule;
}
