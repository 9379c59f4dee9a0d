import { createHash } from 'node:crypto';

/** Eight hexadecimal digits that follow from the text alone: a suffix for names that must not depend on an order. */
export function shortDigest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}
