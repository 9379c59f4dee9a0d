import type { Settings } from '@itsup/config';
import { isIPv4 } from 'node:net';

/** The name on the engine of the one network that belongs to no stack. */
export const PROXYNET = 'proxynet';

/**
 * The network of the honeypot, and of services whose row asks for an address on it. Everything about it follows from
 * its range, and everybody who makes, checks or names it asks here.
 */
export interface Proxynet {
  name: string;
  /** CIDR. */
  subnet: string;
  /** The host's address there. */
  gateway: string;
  /** The honeypot: the DNS server that answers and logs the lookups of managed containers. */
  dns: string;
  /** Dynamic addresses stay out of the lower half, where pinned ones and the honeypot's are. */
  ipRange: string;
}

/** `172.20.0.0/16` gives gateway 172.20.0.1, honeypot 172.20.0.253 and dynamic addresses from 172.20.128.0/17. */
export function proxynetOf({ proxynet: { subnet } }: Pick<Settings, 'proxynet'>): Proxynet {
  // Every service asks, and all mean the same one.
  if (last?.subnet !== subnet) last = proxynetWith(subnet);
  return last;
}

let last: Readonly<Proxynet> | null = null;

function proxynetWith(subnet: string): Readonly<Proxynet> {
  const { first, length } = rangeOf(subnet);
  return {
    name: PROXYNET,
    subnet,
    gateway: textOf(first + 1),
    dns: textOf(first + 253),
    ipRange: `${textOf(first + 2 ** (31 - length))}/${length + 1}`,
  };
}

/** Why a service cannot have this address on proxynet; null: it can. */
export function addressFlaw(address: string, proxynet: Proxynet): string | null {
  if (!isIPv4(address)) return 'is not an IPv4 address';
  const { first, length } = rangeOf(proxynet.subnet);
  const at = numberOf(address);
  const last = first + 2 ** (32 - length) - 1;
  if (at < first || at > last) return `is outside ${proxynet.name}, ${proxynet.subnet}`;
  if (at === first) return 'is reserved: the address of the network itself';
  if (at === last) return 'is reserved: the broadcast address';
  if (address === proxynet.gateway) return 'is reserved: the gateway';
  return address === proxynet.dns ? 'is reserved: the DNS server' : null;
}

function rangeOf(subnet: string): { first: number; length: number } {
  const [address = '', length = ''] = subnet.split('/');
  return { first: numberOf(address), length: Number(length) };
}

function numberOf(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}

function textOf(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.');
}
