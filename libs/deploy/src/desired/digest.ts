import { createHash, createHmac } from 'node:crypto';

import { byCodeUnit } from '../sort';

/**
 * Digests values with the state folder's own key, so that a copied record does not let anybody try out passwords
 * against it.
 */
export class Digester {
  constructor(private readonly key: string) {}

  /** Of any JSON value, whatever the order of its keys; null and absent members are the same. */
  of(value: unknown): string {
    return createHmac('sha256', this.key).update(canonicalJson(value)).digest('hex').slice(0, 32);
  }
}

/** SHA-256 of bytes that are no secret, in hexadecimal. */
export function sha256(bytes: string | Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** JSON with sorted keys and without null members, so that two spellings of one value give one text. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (value !== null && typeof value === 'object') {
    const members = Object.entries(value)
      .filter(([, member]) => member !== null && member !== undefined)
      .sort(([a], [b]) => byCodeUnit(a, b))
      .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`);
    return `{${members.join(',')}}`;
  }
  return JSON.stringify(value) ?? 'null';
}
