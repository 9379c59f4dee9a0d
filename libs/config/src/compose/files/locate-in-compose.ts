import { isMapping } from '../../yaml/is-mapping';
import type { Place } from '../../problem/problem';
import { YamlFiles } from '../../yaml/yaml-files';

/** `services.web.ports.0`, `services[web].ports`: how Compose names a value in its messages. */
const DOTTED = /\b(?:services|networks|volumes|configs|secrets|include)(?:[.[][^\s':,]+)*/;

/**
 * Where the value stands that a message of Compose names by its path.
 *
 * @param files Compose files from the workspace root; the first that has all of the path counts
 * @returns undefined where no file has it, and where the message names none
 */
export function locateInCompose(root: string, files: readonly string[], message: string): Place | undefined {
  const dotted = DOTTED.exec(message)?.[0];
  if (dotted === undefined) return undefined;
  const words = dotted.split(/[.[\]]+/).filter(Boolean);
  const sources = new YamlFiles(root);
  for (const file of files) {
    for (const source of sources.yaml(file, { manyDocuments: true }).sources) {
      const path = pathIn(source.data, words);
      if (path !== null) return source.place(path, path.length > 2 ? 'value' : 'key');
    }
  }
  return undefined;
}

/**
 * Where a member of Compose's model stands, else the nearest of those that it is in; undefined where no file has even
 * its service.
 *
 * @param files Compose files from the workspace root; of two that have it the first counts
 * @param path of the member in the model: `['services', 'web', 'ports', '0']`
 * @param entries how many entries the model's list has that the path ends in: where the file's has another number,
 * Compose made more of some of them, and the list itself is the place
 */
export function locateMember(
  root: string,
  files: readonly string[],
  path: readonly string[],
  entries?: number,
): Place | undefined {
  const sources = new YamlFiles(root);
  const documents = files.flatMap((file) => sources.yaml(file, { manyDocuments: true }).sources);
  for (let length = path.length; length > 1; length -= 1) {
    const words = path.slice(0, length);
    for (const source of documents) {
      const found = pathIn(source.data, words);
      if (found === null) continue;
      const list = valueAt(source.data, found.slice(0, -1));
      if (Array.isArray(list) && entries !== undefined && list.length !== entries) continue;
      return source.place(found, Array.isArray(list) ? 'value' : 'key');
    }
  }
  return undefined;
}

function valueAt(value: unknown, path: readonly string[]): unknown {
  return path.reduce(
    (at: unknown, key) => (Array.isArray(at) ? at[Number(key)] : isMapping(at) ? at[key] : undefined),
    value,
  );
}

/** The keys that the words come to, for a key may hold a dot; null: the value is not there. */
function pathIn(value: unknown, words: readonly string[]): string[] | null {
  const [first] = words;
  if (first === undefined) return [];
  if (Array.isArray(value)) {
    const rest = pathIn(value[Number(first)], words.slice(1));
    return Number(first) < value.length && rest !== null ? [first, ...rest] : null;
  }
  if (!isMapping(value)) return null;
  for (let count = words.length; count > 0; count -= 1) {
    const key = words.slice(0, count).join('.');
    const rest = Object.hasOwn(value, key) ? pathIn(value[key], words.slice(count)) : null;
    if (rest !== null) return [key, ...rest];
  }
  return null;
}
