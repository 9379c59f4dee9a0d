import type { HostFacts } from '../facts';
import { error, findings, note, type Finding } from '../finding';

/** Maintenance pages that somebody put up: nobody may forget one. */
export function checkPages({ pages = [] }: Pick<HostFacts, 'pages'>): Finding[] {
  return findings(
    'maintenance',
    null,
    pages.map(({ stack, since, by, isShown }) =>
      isShown
        ? note(
            `visitors of ${stack} see its maintenance page since ${since}, put up by ${by}`,
            `itsup maintenance ${stack} off`,
          )
        : error(
            `${stack}: its maintenance page is to be shown since ${since}, and its container does not run`,
            `itsup maintenance ${stack} on, or off`,
          ),
    ),
  );
}
