import { field, subtree, textField, treeOf, type Tree } from '../fields';

/** Traefik's name for the entry point of API and ping. */
export const internalEntryPoint = 'traefik';

export interface StaticEntryPoint {
  name: string;
  /** Empty: all addresses. Without brackets. */
  host: string;
  port: number;
  protocol: 'tcp' | 'udp';
  /** It also speaks HTTP/3, on UDP. */
  http3: boolean;
}

/** Entry points of a static configuration, sorted by name; one without a port is left out. */
export function entryPointsOf(configuration: Tree): StaticEntryPoint[] {
  return Object.entries(subtree(configuration, 'entryPoints'))
    .flatMap(([name, value]) => {
      const definition = treeOf(value);
      const address = parseAddress(textField(definition, 'address') ?? '');
      return address ? [{ name, ...address, http3: field(definition, 'http3') !== undefined }] : [];
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** `:80`, `10.0.0.1:53/udp`, `[::1]:443/tcp`; null where it is none of these. */
export function parseAddress(
  address: string,
): { host: string; port: number; protocol: 'tcp' | 'udp' } | null {
  const match = /^(?:\[([^\]]*)\]|([^:]*)):(\d+)(?:\/(tcp|udp))?$/i.exec(address.trim());
  if (!match) return null;
  return {
    host: match[1] ?? match[2] ?? '',
    port: Number(match[3]),
    protocol: match[4]?.toLowerCase() === 'udp' ? 'udp' : 'tcp',
  };
}

export function formatAddress(host: string, port: number, protocol: 'tcp' | 'udp'): string {
  const named = host.includes(':') ? `[${host}]` : host;
  return `${named}:${port}${protocol === 'udp' ? '/udp' : ''}`;
}

/** Where the API answers: on the internal entry point, 127.0.0.1:8082 unless written otherwise. */
export function apiAddressOf(configuration: Tree): string {
  const internal = entryPointsOf(configuration).find(({ name }) => name === internalEntryPoint);
  if (!internal) return 'http://127.0.0.1:8082';
  return `http://${formatAddress(internal.host === '' ? '127.0.0.1' : internal.host, internal.port, 'tcp')}`;
}
