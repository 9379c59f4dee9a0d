import { schemas } from '../schema/late-schemas';
import { booleanOf } from '../yaml/boolean-text';
import { isMapping } from '../yaml/is-mapping';

/**
 * Drops keys without a value and empty entries of `egress` from a parsed ingress file, and turns quoted numbers and
 * booleans into what they say: some writers of YAML quote every value. (`proxyprotocol: null` is kept: it means none.)
 */
export function tidyIngress(data: unknown): unknown {
  if (data === null || data === undefined) return {};
  if (!isMapping(data)) return data;
  const { fileKinds, rowKinds } = schemas();
  const file = tidied(data, fileKinds);
  if (Array.isArray(file['ingress']))
    file['ingress'] = file['ingress'].map((row: unknown) => (isMapping(row) ? tidied(row, rowKinds) : row));
  if (Array.isArray(file['egress'])) file['egress'] = file['egress'].map((edge: unknown) => edge ?? '');
  return file;
}

/** What the value of a key is, as far as text may stand for it. */
export type Kinds = ReadonlyMap<string, 'boolean' | 'number' | 'mapping'>;

function tidied(mapping: Record<string, unknown>, kinds: Kinds): Record<string, unknown> {
  const entries = withoutNulls(mapping).map(([key, value]) => {
    const kind = kinds.get(key);
    if (kind === 'boolean') return [key, booleanOf(value)];
    if (kind === 'number' && typeof value === 'string' && /^[0-9]{1,10}$/.test(value))
      return [key, Number(value)];
    if (kind === 'mapping' && isMapping(value)) return [key, Object.fromEntries(withoutNulls(value))];
    return [key, value];
  });
  return Object.fromEntries(entries) as Record<string, unknown>;
}

function withoutNulls(mapping: Record<string, unknown>): [string, unknown][] {
  return Object.entries(mapping).filter(([key, value]) => value !== null || key === 'proxyprotocol');
}
