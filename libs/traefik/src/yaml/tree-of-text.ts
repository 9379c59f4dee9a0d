import { parse } from 'yaml';

import { treeOf, type Tree } from '../fields';

/**
 * A file of Traefik's as it reads it, merge keys included; an empty object where it holds none.
 * @throws YAMLParseError
 */
export function treeOfText(text: string): Tree {
  return treeOf(parse(text, { merge: true }));
}
