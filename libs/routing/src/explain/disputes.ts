import type { Problem } from '@itsup/config';
import { splitName } from '@itsup/traefik';
import { claimKey } from '../conflicts/conflict';
import type { WorkspaceRouting } from '../model';
import type { RouterFact } from './model';

/**
 * The conflicts over what a router has: its name, its service's, or the host that was asked for. While one stands,
 * nobody may say that this router serves it: Traefik drops or mixes what two define, and a deploy refuses one of them.
 */
export function disputesOver(
  { name, service, kind, target }: RouterFact,
  host: string | null,
  { disputes }: WorkspaceRouting,
): Problem[] {
  const names = new Set([
    claimKey('name', kind, 'routers', splitName(name).name),
    claimKey('name', kind, 'services', splitName(service).name),
  ]);
  const concerns = (key: string): boolean =>
    names.has(key) ||
    (key.startsWith(`route ${kind} `) && (host === null || key.includes(JSON.stringify(host))));
  return disputes
    .filter(
      ({ problem, parties }) =>
        problem.severity === 'error' &&
        parties.some(({ project }) => project === target.project) &&
        parties.some(({ holds = [] }) => holds.some(concerns)),
    )
    .map(({ problem }) => problem);
}
