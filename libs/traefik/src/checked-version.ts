import { typeTable } from './table';

/**
 * Whether the types are those of the Traefik that runs: another version may know other fields.
 * @param version a tag such as `v3.7.9`, or a whole image reference
 */
export function isCheckedVersion(version: string): boolean {
  const tag = version.includes('/')
    ? (/:([^:/@]+)(@.*)?$/.exec(version)?.[1] ?? '')
    : (version.split('@')[0] ?? '');
  return tag.replace(/^v/, '') === typeTable.version;
}
