import type { z } from 'zod';

import { schemas } from '../schema/late-schemas';
import type { serviceOptionsSchema } from '../schema/service-options-schema';

/** What a service's `x-itsup` says, as it is written. */
export type WrittenServiceOptions = z.output<typeof serviceOptionsSchema>;

/**
 * Reads `x-itsup` of a service as Compose gives it out, with what it is merged from and the values of variables.
 * @returns null and what is wrong, each ending the sentence "x-itsup of service web: …"
 */
export function readServiceOptions(value: unknown): {
  options: WrittenServiceOptions | null;
  faults: string[];
} {
  if (value === undefined || value === null) return { options: {}, faults: [] };
  const result = schemas().writtenOptionsSchema.safeParse(value);
  if (result.success) return { options: result.data, faults: [] };
  return { options: null, faults: result.error.issues.map(faultOf) };
}

function faultOf({ path, message, ...issue }: z.core.$ZodIssue): string {
  const where = path.join('.');
  if (issue.code === 'unrecognized_keys')
    return `${where === '' ? '' : `${where} `}does not know ${issue.keys.join(', ')}`;
  return `${where === '' ? 'it' : where} must be ${message}`;
}
