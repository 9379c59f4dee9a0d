import { isInterpolated } from '../schema/grammar';
import { isMapping } from '../yaml/is-mapping';
import type { VolumeFacts } from '../model';
import type { Place } from '../problem/problem';

/**
 * What is known of a volume before Compose runs.
 *
 * @param below what an earlier file says of it
 */
export function volumeFacts(
  { name, external }: Readonly<Record<string, unknown>>,
  place: Place,
  below?: VolumeFacts,
): VolumeFacts {
  // The old form, `external: {name: …}`, still means both.
  const written = name ?? (isMapping(external) ? external['name'] : undefined);
  return {
    name: typeof written === 'string' && written !== '' ? written : (below?.name ?? null),
    external: external === undefined ? (below?.external ?? false) : isSetOrMayBe(external),
    place,
  };
}

function isSetOrMayBe(value: unknown): boolean {
  if (typeof value === 'string') return isInterpolated(value) || /^(true|yes|y|on|1|t)$/i.test(value);
  return value === true || isMapping(value);
}
