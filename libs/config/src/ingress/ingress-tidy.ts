import { isMapping } from '../yaml/is-mapping';

/** Keys whose value may be written as text, as YAML writers with quotes everywhere do. */
const NUMBERS = new Set(['port', 'hostport', 'proxyprotocol', 'priority']);

/**
 * The parsed ingress file without what says nothing: a key without a value counts as left out, `"8080"` as 8080.
 * (`proxyprotocol: null` is kept: it means none.)
 */
export function tidyIngress(data: unknown): unknown {
  if (data === null || data === undefined) return {};
  if (!isMapping(data)) return data;
  const file = withoutNulls(data);
  if (Array.isArray(file['ingress'])) file['ingress'] = file['ingress'].map(tidyRow);
  return file;
}

function tidyRow(row: unknown): unknown {
  if (!isMapping(row)) return row;
  const tidied = withoutNulls(row);
  for (const [key, value] of Object.entries(tidied)) {
    if (NUMBERS.has(key) && typeof value === 'string' && /^[0-9]{1,10}$/.test(value))
      tidied[key] = Number(value);
  }
  for (const key of ['tls', 'headers']) {
    const value = tidied[key];
    if (isMapping(value)) tidied[key] = withoutNulls(value);
  }
  return tidied;
}

function withoutNulls(mapping: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(mapping).filter(([key, value]) => value !== null || key === 'proxyprotocol'),
  );
}
