import type { Place, Problem } from '@itsup/config';

import type { Refused } from './find-refusals';

/** Refusals in the operator's words, each with its cure. */
export function refusedProblems(
  project: string,
  refused: readonly Refused[],
  placeOf: (path: readonly string[], entries: number | undefined) => Place | undefined,
): Problem[] {
  return refused.map(({ path, entries, what, row }) => {
    const place = placeOf(path, entries);
    return {
      code: 'not-on-a-swarm',
      severity: 'error',
      project,
      message: `${ownerOf(path)}: \`${what}\` is not possible on a swarm: ${row.does}`,
      help: row.cure,
      ...(place && { place }),
    };
  });
}

/** `service web`, `network back`: whose key it is. */
function ownerOf([kind = '', name = '']: readonly string[]): string {
  return `${kind.replace(/s$/, '')} ${name}`;
}
