import type { Settings } from '@itsup/config';
import { BlockList, isIP, isIPv4, isIPv6 } from 'node:net';
import { addressFlaw, proxynetOf, type Proxynet } from '../networks/proxynet';
import { reservedPorts } from '../conflicts/reserved-ports';

/** Names of this host that its own or the engine's resolver gives. */
const LOCAL_NAMES = new Set([
  'localhost',
  'localhost.localdomain',
  'ip6-localhost',
  'ip6-loopback',
  'host.docker.internal',
  'gateway.docker.internal',
  'host.containers.internal',
]);

/** Where clouds answer for a machine's own credentials, beside the link-local addresses. */
const METADATA = new Set([
  ...['metadata.google.internal', 'metadata', 'fd00:ec2::254'],
  // Alibaba's, Azure's and Oracle's.
  ...['100.100.100.200', '168.63.129.16', '192.0.0.192'],
]);

/** Ports of the engine's API, with and without TLS, when an operator opens it. */
const ENGINE_PORTS = [2375, 2376];

/** The engine's first bridge, which every host has. */
const DEFAULT_GATEWAY = '172.17.0.1';

/** What a target is judged by. */
export interface Here {
  settings: Settings;
  /** Addresses and names of this host, where they are known. */
  addresses?: readonly string[];
  /** Networks of the engine, where they are known. */
  engineNetworks?: readonly string[];
}

/** A target outside Docker, as a row or a label names it. */
export interface Target {
  host: string;
  port: number;
}

/**
 * Why Traefik must not lead anybody to this target; null: it may.
 *
 * Traefik is in the host's network: what listens on the loopback for it and for the engine is within its reach, and so
 * are the containers of all projects. Whoever may name a target could publish these.
 *
 */
export function targetFlaw(
  { host, port }: Target,
  { settings, addresses = [], engineNetworks = [] }: Here,
): string | null {
  const name = canonicalHost(host);
  if (isMetadata(name)) return `${host} is where a cloud gives a machine its credentials`;
  const proxynet = proxynetOf(settings);
  if (isLocal(name, [proxynet.gateway, ...addresses])) {
    const use = ENGINE_PORTS.includes(port)
      ? "the engine's API"
      : reservedPorts(settings).get(`${port}/tcp`)?.use;
    return use === undefined ? null : `port ${port} of this host is the proxy's own: ${use}`;
  }
  if (inProxynet(name, proxynet)) return `${host} is a container's address on ${proxynet.name}`;
  const network = engineNetworks.find((each) => isWithin(name, each));
  return network === undefined
    ? null
    : `${host} is a container's address, on the engine's network ${network}`;
}

function isWithin(name: string, network: string): boolean {
  const [base = '', bits = ''] = network.split('/');
  const family = isIPv4(name) ? 'ipv4' : 'ipv6';
  if (isIP(name) === 0 || isIPv4(base) !== isIPv4(name)) return false;
  const list = new BlockList();
  list.addSubnet(base, Number(bits), family);
  return list.check(name, family);
}

/** Whether the host is this one, whatever it is called. */
export function isLocal(host: string, addresses: readonly string[] = []): boolean {
  const name = canonicalHost(host);
  if (LOCAL_NAMES.has(name) || name.endsWith('.localhost')) return true;
  if (name === '::1' || name === '::' || name === DEFAULT_GATEWAY) return true;
  if (isIPv4(name) && (name.startsWith('127.') || name.startsWith('0.'))) return true;
  return addresses.some((address) => canonicalHost(address) === name);
}

/**
 * One spelling for all of an address: decimal, octal and hexadecimal forms, fewer than four parts, IPv4 within IPv6.
 * Names come back in lower case, without a dot at the end.
 */
export function canonicalHost(host: string): string {
  const bare = host.replace(/^\[(.*)\]$/, '$1').replace(/%.*$/, '');
  const parsed = hostnameOf(isIPv6(bare) ? `[${bare}]` : bare) ?? bare.toLowerCase();
  const name = parsed.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '');
  return isIPv6(name) ? withinIpv6(name) : name;
}

/** A URL's parser knows every form of an address that a resolver takes. */
function hostnameOf(host: string): string | null {
  try {
    return new URL(`http://${host}/`).hostname;
  } catch {
    return null;
  }
}

/** `::ffff:7f00:1`, `::7f00:1` and `64:ff9b::7f00:1` mean 127.0.0.1. */
function withinIpv6(address: string): string {
  const match = /^(?:::ffff:|::|64:ff9b::)([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(address);
  if (!match) return address;
  const [high = 0, low = 0] = match.slice(1).map((part) => Number.parseInt(part, 16));
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}

function isMetadata(name: string): boolean {
  return (
    METADATA.has(name) || (isIPv4(name) && name.startsWith('169.254.')) || /^fe[89ab][0-9a-f]:/.test(name)
  );
}

function inProxynet(name: string, proxynet: Proxynet): boolean {
  const flaw = addressFlaw(name, proxynet);
  return flaw === null || flaw.startsWith('is reserved');
}

/** The target that a value of a label names: a URL, or `host:port`; null: neither. */
export function targetIn(value: string): Target | null {
  const text = value
    .trim()
    .replace(/^[a-z0-9+.-]+:\/\//i, (scheme) =>
      scheme.toLowerCase() === 'https://' ? 'https://' : 'http://',
    );
  try {
    const url = new URL(/^https?:\/\//.test(text) ? text : `http://${text}`);
    return { host: url.hostname, port: Number(url.port) || (url.protocol === 'https:' ? 443 : 80) };
  } catch {
    return null;
  }
}
