import type { Section } from './references';

/**
 * The priority that Traefik gives a router that says none: the length of its rule in bytes, and -1 for a TCP rule that
 * takes everything, ``HostSNI(`*`)`` alone (pkg/muxer/tcp, GetRulePriority).
 */
export function defaultPriority(protocol: Section, rule: string): number {
  return protocol === 'tcp' && TAKES_ALL.test(rule) ? -1 : Buffer.byteLength(rule);
}

const TAKES_ALL = /^[\s(]*HostSNI\s*\(\s*(?:`\*`|"\*")\s*\)[\s)]*$/i;
