import { field, internalEntryPoint, isTree, subtree, type Tree } from '@itsup/traefik';
import type { HandoverMode } from '../types';

/**
 * Which way a hand-over between these configurations has to go; see `HandoverMode`.
 * @param changesUser the two run as different users: the kernel shares a port among sockets of one user alone
 */
export function handoverMode(
  filterAvailable: boolean,
  current: Tree,
  next: Tree,
  changesUser: boolean,
): HandoverMode {
  if (filterAvailable) return 'redirect';
  return !changesUser && [current, next].every(sharesPorts) ? 'reuse-port' : 'restart';
}

function sharesPorts(configuration: Tree): boolean {
  const points = subtree(configuration, 'entryPoints');
  return Object.entries(points).every(
    ([name, point]) =>
      name === internalEntryPoint || String(isTree(point) && field(point, 'reusePort')) === 'true',
  );
}

/**
 * What the way of a hand-over may cost, for the plan; empty: nothing.
 *
 * @param reason why the packet filter is out of reach, a sentence
 */
export function lossNote(mode: HandoverMode, reason: string): string {
  if (mode === 'redirect') return '';
  const cost =
    mode === 'reuse-port'
      ? 'requests that meet an instance while it starts or closes fail (some tens at 400 a second)'
      : 'Traefik is stopped and started, because it takes another user or shares no ports, and requests fail meanwhile';
  return `${reason} Traefik is replaced without the packet filter: ${cost}.`;
}
