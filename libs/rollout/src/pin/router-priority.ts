import type { Protocol } from './provided-configuration';
import { textField, type Tree } from '../tree-access';

/**
 * The priority that Traefik gives a router: what is written, else the length of the rule in bytes; -1 for a TCP router that catches
 * all with ``HostSNI(`*`)`` alone (pkg/muxer).
 */
export function routerPriority(protocol: Protocol, router: Tree): number {
  const written = Number(textField(router, 'priority') ?? 0);
  if (Number.isFinite(written) && written !== 0) return written;
  const rule = textField(router, 'rule') ?? '';
  if (protocol === 'tcp' && /^\s*HostSNI\(\s*(`\*`|"\*")\s*\)\s*$/i.test(rule)) return -1;
  return Buffer.byteLength(rule);
}
