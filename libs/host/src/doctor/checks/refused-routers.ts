import type { HostFacts } from '../facts';
import { error, findings, type Finding } from '../finding';

/** Routers of the projects that Traefik knows and does not serve. Silence is no proof: one that is down refuses nothing. */
export function checkRefusedRouters({ refused = [] }: Pick<HostFacts, 'refused'>): Finding[] {
  return findings(
    'routers',
    null,
    refused.map(({ message, place, project, help }) =>
      error(
        `${project ?? ''}: ${message}${place ? ` (${place.file}:${place.line})` : ''}`,
        help ?? 'correct it and deploy again',
      ),
    ),
  );
}
