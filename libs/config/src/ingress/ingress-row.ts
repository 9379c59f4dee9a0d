import type { Place } from '../problem/problem';
import { schemas } from '../schema/late-schemas';
import type { YamlSource } from '../yaml/yaml-source';
import type { IngressRowInput } from '../schema/ingress-row-schema';

/** `path_prefix` as `pathPrefix`. */
type Camel<Key extends string> = Key extends `${infer Head}_${infer Tail}`
  ? `${Head}${Capitalize<Camel<Tail>>}`
  : Key;

/** The fields of a row under their names in code; what is left out is null. */
type Fields = {
  [Key in keyof IngressRowInput as Camel<Key>]-?: undefined extends IngressRowInput[Key]
    ? Exclude<IngressRowInput[Key], undefined> | null
    : IngressRowInput[Key];
};

/** Several fields say these together, or another shape is the handier one. */
interface Derived {
  /** `domain` or `tls.main` first, then the SANs, in lower case; empty: none given. */
  domains: string[];
  /** Certificate resolver by name; null: the default. */
  resolver: string | null;
  protocol: 'tcp' | 'udp';
  /** tcp rows: the PROXY protocol version spoken to the backend; null: none. */
  proxyProtocol: 1 | 2 | null;
  /** The operator left `proxyprotocol` out, so itsUP's default of 2 applies to this tcp row. */
  proxyProtocolIsDefault: boolean;
  /** Empty: everybody. */
  allowSourceIps: string[];
}

/** One entry of `ingress:`, as the schema has it, with defaults applied and shapes normalised. */
export interface IngressRow
  extends Omit<Fields, 'domain' | 'tls' | 'proxyprotocol' | keyof Derived>, Derived {
  /** Of the row itself. */
  place: Place;
  /** Of a key of the row as written, for messages about its value; falls back to the row's place. */
  places: Partial<Record<string, Place>>;
}

/** Row `index` of an ingress file in the model's one shape. */
export function toIngressRow(row: IngressRowInput, index: number, source: YamlSource): IngressRow {
  const path = ['ingress', index];
  return { ...rowOf(row), place: source.place(path), places: placesOf(source, row, path) };
}

/** The same without places. */
export function rowOf(row: IngressRowInput): Omit<IngressRow, 'place' | 'places'> {
  const { domain: _domain, tls, proxyprotocol, ...plain } = row;
  const isTcp = row.router === 'tcp';
  return {
    ...fieldsOf(plain),
    domains: domainsOf(row),
    resolver: tls?.resolver ?? null,
    protocol: row.protocol ?? (row.router === 'udp' ? 'udp' : 'tcp'),
    proxyProtocol: isTcp ? (proxyprotocol === undefined ? 2 : proxyprotocol) : null,
    proxyProtocolIsDefault: isTcp && proxyprotocol === undefined,
    allowSourceIps: row.allow_source_ips ?? [],
  };
}

type PlainFields = Omit<Fields, 'domain' | 'tls' | 'proxyprotocol'>;

/** Every field that needs no word of its own: a new one is in the schema alone. */
function fieldsOf(row: Omit<IngressRowInput, 'domain' | 'tls' | 'proxyprotocol'>): PlainFields {
  const { rowKeys } = schemas();
  return Object.fromEntries(
    rowKeys.map((key) => [camel(key), Object.hasOwn(row, key) ? row[key as keyof typeof row] : null]),
  ) as PlainFields;
}

function camel(key: string): string {
  return key.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** Host names are case-insensitive; one that is given twice counts once. */
function domainsOf({ domain, tls }: IngressRowInput): string[] {
  const named = tls?.main === undefined ? [domain ?? []].flat() : [tls.main];
  return [...new Set([...named, ...(tls?.sans ?? [])].map((name) => name.toLowerCase()))];
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
