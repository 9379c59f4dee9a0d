import { compareText } from '@itsup/config';

import { createHash, createHmac } from 'node:crypto';

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

  /**
   * The same as `of` gives for the Base64 of bytes that come in parts, so that a large file is digested without being
   * held: `add` each part, then ask for the digest.
   */
  ofBase64(): { add: (chunk: Uint8Array) => void; digest: () => string } {
    const hmac = createHmac('sha256', this.key).update('"');
    let rest = Buffer.alloc(0);
    return {
      add: (chunk) => {
        const bytes = rest.length === 0 ? Buffer.from(chunk) : Buffer.concat([rest, chunk]);
        // Base64 has four characters for each three bytes: what is left over belongs to the next part.
        const whole = bytes.length - (bytes.length % 3);
        hmac.update(bytes.toString('base64', 0, whole));
        rest = bytes.subarray(whole);
      },
      digest: () =>
        hmac
          .update(`${rest.toString('base64')}"`)
          .digest('hex')
          .slice(0, 32),
    };
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
      .sort(([a], [b]) => compareText(a, b))
      .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`);
    return `{${members.join(',')}}`;
  }
  return JSON.stringify(value) ?? 'null';
}
