import { isMap, isScalar, isSeq } from 'yaml';
import type { ComposeService } from '../compose/compose-file';

/** What an entry point of the old Traefik is here. */
export type EntryPointUse =
  { use: 'https' } | { use: 'http' } | { use: 'port'; port: number } | { use: 'unknown' };

const SECURE = /^(?:web-?secure|https|secure|ssl|tls)$/i;
const PLAIN = /^(?:web|http|insecure|web-?insecure)$/i;

/**
 * Says what an entry point is: by its port, where that was given or stands in the name, else by the names that everyone
 * uses. Names have no case.
 */
export function useOf(name: string, ports: ReadonlyMap<string, number>): EntryPointUse {
  const port = ports.get(name.toLowerCase()) ?? Number(/^(?:tcp|udp|http)-(\d+)$/.exec(name)?.[1]);
  if (SECURE.test(name) || port === 443) return { use: 'https' };
  if (PLAIN.test(name) || port === 80) return { use: 'http' };
  return Number.isInteger(port) && port > 0 && port < 65_536 ? { use: 'port', port } : { use: 'unknown' };
}

/** The service is a Traefik, and no other product of its makers. */
export function isTraefik(service: ComposeService): boolean {
  return /(?:^|\/)traefik(?::|@|$)/.test(service.image ?? '');
}

const ADDRESS = /entrypoints[._]([\w-]+)[._]address["']?\s*[=:]\s*["']?[^"'\s]*?:(\d+)/gi;

/** The entry points that a Traefik of the same file has, by its arguments or its environment. */
export function entryPointPortsOf(traefik: ComposeService): Map<string, number> {
  const ports = new Map<string, number>();
  for (const key of ['command', 'environment']) {
    for (const [, name = '', port = ''] of linesOf(traefik.map.get(key)).join('\n').matchAll(ADDRESS)) {
      ports.set(name.toLowerCase(), Number(port));
    }
  }
  return ports;
}

function linesOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (isSeq(value)) return value.items.flatMap((item) => (isScalar(item) ? [String(item.value)] : []));
  if (!isMap(value)) return [];
  return value.items.flatMap(({ key, value: item }) =>
    isScalar(key) && isScalar(item) ? [`${String(key.value)}=${String(item.value)}`] : [],
  );
}
