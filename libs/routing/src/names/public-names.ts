import { isIP } from 'node:net';

/** Top-level names that are reserved for private use (RFC 2606, 6761, 6762, 8375, 9476 and ICANN's `internal`). */
const privateNames = [
  'localhost',
  'local',
  'internal',
  'test',
  'example',
  'invalid',
  'home.arpa',
  'lan',
  'alt',
  'onion',
];

/** Whether a public authority may certify the name, and a public resolver know it. */
export function isPublicName(domain: string): boolean {
  if (isIP(domain) !== 0 || !domain.includes('.')) return false;
  return !privateNames.some((name) => domain === name || domain.endsWith(`.${name}`));
}
