import type { ComposeService } from './compose-schema';

/** A port of the host that a service publishes. */
export interface PublishedPort {
  port: number;
  protocol: 'tcp' | 'udp';
}

type PortEntry = NonNullable<ComposeService['ports']>[number];

/**
 * The host's ports of one entry of `ports:`, short or long. None where Docker picks the port (`80`, or one host range
 * for a single container port), where `${…}` hides it, and where the entry is wrong, which Compose itself reports.
 */
export function publishedPorts(entry: PortEntry): PublishedPort[] {
  if (typeof entry === 'number') return [];
  const short = typeof entry === 'string' ? parseShort(entry) : null;
  const host = short ? short.host : typeof entry === 'string' ? null : String(entry.published ?? '');
  const container = short ? short.container : typeof entry === 'string' ? '' : String(entry.target ?? '');
  const protocol = short ? short.protocol : typeof entry === 'string' ? '' : (entry.protocol ?? 'tcp');
  if (protocol !== 'tcp' && protocol !== 'udp') return [];
  const hosts = parseRange(host ?? '');
  const containers = parseRange(container);
  if (!hosts || !containers) return [];
  const count = hosts.last - hosts.first + 1;
  if (count > 1 && count !== containers.last - containers.first + 1) return [];
  return Array.from({ length: count }, (_, index) => ({ port: hosts.first + index, protocol }));
}

/** `[[ip:]host:]container[/protocol]`; the address may be IPv6, with or without brackets. */
function parseShort(entry: string): { host: string; container: string; protocol: string } | null {
  const match = /^(?:(?<front>.*):)?(?<container>[^:/]*)(?:\/(?<protocol>[a-z]+))?$/i.exec(entry.trim());
  if (!match?.groups) return null;
  const { front = '', container = '', protocol = 'tcp' } = match.groups;
  const host = front.slice(front.lastIndexOf(':') + 1);
  return { host, container, protocol: protocol.toLowerCase() };
}

function parseRange(text: string): { first: number; last: number } | null {
  const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text);
  if (!match) return null;
  const first = Number(match[1]);
  const last = Number(match[2] ?? match[1]);
  return first >= 1 && last >= first && last <= 65_535 ? { first, last } : null;
}
