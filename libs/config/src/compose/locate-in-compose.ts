import { isMapping } from '../yaml/is-mapping';
import type { Place } from '../problem/problem';
import { YamlFiles } from '../yaml/yaml-files';

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
