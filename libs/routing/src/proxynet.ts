import { isIPv4 } from 'node:net';

/** The network on which Traefik meets the containers it serves. */
export const proxynet = {
  name: 'proxynet',
  subnet: '172.20.0.0/16',
  gateway: '172.20.0.1',
  /** The DNS server that answers and logs the lookups of managed containers. */
  dns: '172.20.0.253',
} as const;

/** Addresses of proxynet that no service may have, with their use. */
const reserved: Readonly<Record<string, string>> = {
  '172.20.0.0': 'the address of the network itself',
  [proxynet.gateway]: 'the gateway',
  [proxynet.dns]: 'the DNS server',
  '172.20.255.255': 'the broadcast address',
};

/** Why a service cannot have this address on proxynet; null: it can. */
export function addressFlaw(address: string): string | null {
  if (!isIPv4(address)) return 'is not an IPv4 address';
  if (!address.startsWith('172.20.')) return `is outside ${proxynet.name}, ${proxynet.subnet}`;
  const use = reserved[address];
  return use === undefined ? null : `is reserved: ${use}`;
}
