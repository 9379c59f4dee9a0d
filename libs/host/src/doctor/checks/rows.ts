import type { HostFacts } from '../facts';
import { error, findings, warning, type Finding } from '../finding';

/** What a deploy alone would not mend. */
const STAYS_SO: ReadonlySet<string> = new Set([
  'router-error',
  'router-refused',
  'no-server',
  'last-deploy-failed',
]);

/** Rows of the projects that are not served now. */
export function checkRows({ unserved }: Pick<HostFacts, 'unserved'>): Finding[] {
  return findings(
    'rows',
    null,
    unserved.map(({ code, message, place, project, help }) => {
      const tell = STAYS_SO.has(code) ? error : warning;
      const where = place ? ` (${place.file}:${place.line})` : '';
      const whose = project === undefined || message.startsWith(project) ? '' : `${project}: `;
      return tell(`${whose}${message}${where}`, help ?? 'itsup status');
    }),
  );
}
