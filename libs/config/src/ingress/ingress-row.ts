import type { IngressRowInput } from './ingress-schema';
import type { IngressRow } from '../model';
import type { Place } from '../problem/problem';
import type { YamlSource } from '../yaml/yaml-source';

/** Row `index` of an ingress file in the model's one shape. */
export function toIngressRow(row: IngressRowInput, index: number, source: YamlSource): IngressRow {
  const path = ['ingress', index];
  const isTcp = row.router === 'tcp';
  return {
    place: source.place(path),
    places: placesOf(source, row, path),
    service: row.service ?? null,
    router: row.router,
    domains: domainsOf(row),
    resolver: row.tls?.resolver ?? null,
    port: row.port,
    pathPrefix: row.path_prefix ?? null,
    pathRemove: row.path_remove,
    hostport: row.hostport ?? null,
    passthrough: row.passthrough,
    protocol: row.protocol ?? (row.router === 'udp' ? 'udp' : 'tcp'),
    proxyProtocol: isTcp ? (row.proxyprotocol === undefined ? 2 : row.proxyprotocol) : null,
    proxyProtocolIsDefault: isTcp && row.proxyprotocol === undefined,
    middleware: row.middleware,
    allowSourceIps: row.allow_source_ips ?? [],
    allowEncodedSlashes: row.allow_encoded_slashes ?? null,
    ipv4Address: row.ipv4_address ?? null,
    dns: row.dns ?? null,
    priority: row.priority ?? null,
    rule: row.rule ?? null,
    sticky: row.sticky,
    headers: row.headers,
    scheme: row.scheme,
  };
}

/** Host names are case-insensitive; one that is given twice counts once. */
function domainsOf(row: IngressRowInput): string[] {
  const named = row.tls?.main === undefined ? [row.domain] : [row.tls.main];
  const all = [...named, ...(row.tls?.sans ?? [])].filter((name) => name !== undefined);
  return [...new Set(all.map((name) => name.toLowerCase()))];
}

/** By the keys as written; `domain` and `resolver` are found wherever the row says them. */
function placesOf(
  source: YamlSource,
  row: IngressRowInput,
  path: readonly (string | number)[],
): Record<string, Place> {
  const places = source.valuePlaces(path);
  if (row.tls?.main !== undefined && !('domain' in places))
    places['domain'] = source.place([...path, 'tls', 'main']);
  if (row.tls?.resolver !== undefined) places['resolver'] = source.place([...path, 'tls', 'resolver']);
  return places;
}
