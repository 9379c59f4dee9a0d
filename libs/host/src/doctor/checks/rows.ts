import type { HostFacts } from '../facts';
import { error, findings, warning, type Finding } from '../finding';

/** Rows of the projects that are not served now. What was never deployed is no fault of the host. */
export function checkRows({ unserved }: Pick<HostFacts, 'unserved'>): Finding[] {
  return findings(
    'rows',
    null,
    unserved.map(({ code, message, place, project, help }) => {
      const tell = code === 'not-deployed' || code === 'profile-off' ? warning : error;
      const where = place ? ` (${place.file}:${place.line})` : '';
      const whose = project === undefined || message.startsWith(project) ? '' : `${project}: `;
      return tell(`${whose}${message}${where}`, help ?? 'itsup status');
    }),
  );
}
