import type { ComposeService } from '../schema/compose-schema';
import { isInterpolated } from '../schema/grammar';

/** A port of the host that a service publishes. */
export interface PublishedPort {
  port: number;
  protocol: 'tcp' | 'udp';
  /** The one address of the host that it is published on; absent: on all of them. */
  ip?: string;
}

type PortEntry = NonNullable<ComposeService['ports']>[number];

/** An entry of `ports:` that variables decide on, in the short form; null: it has none, or is no text for one. */
export function variableEntry(entry: PortEntry): string | null {
  if (typeof entry === 'number') return null;
  const text = typeof entry === 'string' ? entry : shortForm(entry);
  return isInterpolated(text) ? text : null;
}

function shortForm(entry: Exclude<PortEntry, string | number>): string {
  const { published, target, protocol } = entry;
  const ip = entry.host_ip ? `${entry.host_ip}:` : '';
  return `${ip}${published ?? ''}:${target ?? ''}${protocol ? `/${protocol}` : ''}`;
}

/**
 * The host's ports of one entry of `ports:`, short or long. None where Docker picks the port (`80`, or one host range
 * for a single container port), where `${…}` hides it, and where the entry is wrong, which Compose itself reports.
 */
export function publishedPorts(entry: PortEntry): PublishedPort[] {
  if (typeof entry === 'number' || variableEntry(entry) !== null) return [];
  const short = typeof entry === 'string' ? parseShort(entry) : null;
  const host = short ? short.host : typeof entry === 'string' ? null : String(entry.published ?? '');
  const container = short ? short.container : typeof entry === 'string' ? '' : String(entry.target ?? '');
  const protocol = short
    ? short.protocol
    : typeof entry === 'string'
      ? ''
      : (entry.protocol ?? 'tcp').toLowerCase();
  if (protocol !== 'tcp' && protocol !== 'udp') return [];
  const hosts = parseRange(host ?? '');
  const containers = parseRange(container);
  if (!hosts || !containers) return [];
  const count = hosts.last - hosts.first + 1;
  if (count > 1 && count !== containers.last - containers.first + 1) return [];
  const ip = addressOf((short ? short.ip : typeof entry === 'string' ? '' : entry.host_ip) ?? '');
  return Array.from({ length: count }, (_, index) => ({
    port: hosts.first + index,
    protocol,
    ...(ip === '' ? {} : { ip }),
  }));
}

/** Without brackets; empty: every address. */
function addressOf(text: string): string {
  const ip = text.replace(/^\[(.*)\]$/, '$1').toLowerCase();
  return ip === '0.0.0.0' || ip === '::' ? '' : ip;
}

/** `[[ip:]host:]container[/protocol]`; the address may be IPv6, with or without brackets. */
function parseShort(entry: string): { ip: string; host: string; container: string; protocol: string } | null {
  const match = /^(?:(?<front>.*):)?(?<container>[^:/]*)(?:\/(?<protocol>[a-z]+))?$/i.exec(entry.trim());
  if (!match?.groups) return null;
  const { front = '', container = '', protocol = 'tcp' } = match.groups;
  const colon = front.lastIndexOf(':');
  const host = front.slice(colon + 1);
  return { ip: front.slice(0, Math.max(colon, 0)), host, container, protocol: protocol.toLowerCase() };
}

function parseRange(text: string): { first: number; last: number } | null {
  const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text);
  if (!match) return null;
  const first = Number(match[1]);
  const last = Number(match[2] ?? match[1]);
  return first >= 1 && last >= first && last <= 65_535 ? { first, last } : null;
}
