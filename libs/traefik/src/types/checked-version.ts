import { typeTable } from './table';

/**
 * Whether the types are those of the Traefik that runs: another version may know other fields.
 * @param version a tag such as `v3.7.9`, or an image with its tag
 */
export function isCheckedVersion(version: string): boolean {
  const tag = /(?:^|:)([^:/@]+)(?:@.*)?$/.exec(version)?.[1] ?? '';
  return tag.replace(/^v/, '') === typeTable.version;
}
