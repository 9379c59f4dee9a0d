import { isMapping } from '../../yaml/is-mapping';
import type { Place } from '../../problem/problem';
import { YamlFiles } from '../../yaml/yaml-files';
import type { YamlSource } from '../../yaml/yaml-source';

/** `services.web.ports.0`, `services[web].ports`: how Compose names a value in its messages. */
const DOTTED = /\b(?:services|networks|volumes|configs|secrets|include)(?:[.[][^\s':,]+)*/;

/** How Compose names a service in a sentence; the first is the one that is at fault. */
const OF_SERVICE = /\bservice "?([^\s":]+)"?|\bcycle detected: (\S+)/;

/** And the word of it that leads nowhere. */
const WORD_OF_SERVICE = /\bundefined \w+ "?([^\s":]+)"?|\bservice "([^"]+)" not found| -> (\S+)/;

/**
 * Where the value stands that a message of Compose names, by its path or by its service and a word in it.
 *
 * @param files Compose files from the workspace root; the first that has all of the path counts
 * @returns undefined where no file has it, and where the message names none
 */
export function locateInCompose(root: string, files: readonly string[], message: string): Place | undefined {
  const words = (DOTTED.exec(message)?.[0] ?? '').split(/[.[\]]+/).filter(Boolean);
  const sources = new YamlFiles(root);
  const documents = files.flatMap((file) => sources.yaml(file, { manyDocuments: true }).sources);
  for (const source of words.length > 1 ? documents : []) {
    const path = pathIn(source.data, words);
    if (path !== null) return source.place(path, path.length > 2 ? 'value' : 'key');
  }
  return inService(documents, message);
}

/** The word of a service that a sentence is about; the service, where no file has the word. */
function inService(documents: readonly YamlSource[], message: string): Place | undefined {
  const [, named, first] = OF_SERVICE.exec(message) ?? [];
  const service = named ?? first;
  if (service === undefined) return undefined;
  const [, ...words] = WORD_OF_SERVICE.exec(message) ?? [];
  const word = words.find((each) => each !== undefined);
  const holders = documents.filter(({ data }) => pathIn(data, ['services', service]) !== null);
  for (const source of holders) {
    const used = valueAt(source.data, ['services', service]);
    const within = word === undefined ? null : pathOfWord(used, word);
    if (within !== null) return source.place(['services', service, ...within.path], within.what);
  }
  return holders[0]?.place(['services', service], 'key');
}

/** Where a name is used: a text, the beginning of one (`data:/data`), what `service:` leads to, or a key. */
function pathOfWord(value: unknown, word: string): { path: string[]; what: 'key' | 'value' } | null {
  if (typeof value === 'string') {
    const isUse = value === word || value.startsWith(`${word}:`) || value === `service:${word}`;
    return isUse ? { path: [], what: 'value' } : null;
  }
  if (typeof value !== 'object' || value === null) return null;
  if (!Array.isArray(value) && Object.hasOwn(value, word)) return { path: [word], what: 'key' };
  for (const [key, member] of Object.entries(value)) {
    const within = pathOfWord(member, word);
    if (within !== null) return { ...within, path: [key, ...within.path] };
  }
  return null;
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
