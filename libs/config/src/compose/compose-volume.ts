import { isInterpolated } from '../schema/grammar';
import { isMapping } from '../yaml/is-mapping';
import type { VolumeFacts } from '../model';
import type { Place } from '../problem/problem';
import { maybe, textOf } from './compose-definitions';

/**
 * What is known of a volume before Compose runs.
 *
 * @param included it comes from an included file, whose variables may have other values than the project's own
 */
export function volumeFacts(
  { name, external }: Readonly<Record<string, unknown>>,
  included: boolean,
  place: Place,
): VolumeFacts {
  // The old form, `external: {name: …}`, still means both.
  const written = textOf(name ?? (isMapping(external) ? external['name'] : undefined));
  return {
    name: written,
    external: isMapping(external) || maybe(external),
    ...(included && written !== null && isInterpolated(written) ? { nameUnknown: true as const } : {}),
    place,
  };
}
