import { textField, type Tree } from '../fields';
import type { Section } from './references';

/**
 * The priority that Traefik gives a router that says none: the length of its rule in bytes, and -1 for a TCP rule that
 * takes everything, ``HostSNI(`*`)`` alone (pkg/muxer/tcp, GetRulePriority).
 */
export function defaultPriority(protocol: Section, rule: string): number {
  return protocol === 'tcp' && TAKES_ALL.test(rule) ? -1 : Buffer.byteLength(rule);
}

const TAKES_ALL = /^[\s(]*HostSNI\s*\(\s*(?:`\*`|"\*")\s*\)[\s)]*$/i;

/** The priority of a router: what is written, else what Traefik gives it. */
export function routerPriority(protocol: Section, router: Tree): number {
  const written = Number(textField(router, 'priority') ?? 0);
  if (Number.isFinite(written) && written !== 0) return written;
  return defaultPriority(protocol, textField(router, 'rule') ?? '');
}
