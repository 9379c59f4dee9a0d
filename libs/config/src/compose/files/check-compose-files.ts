import { ComposeDocuments } from './compose-documents';
import { COMPOSE_KEYS } from '../compose-keys';
import { isMapping } from '../../yaml/is-mapping';
import type { Project } from '../../model';
import { orderProblems } from '../../problem/order-problems';
import type { Problem } from '../../problem/problem';
import { INGRESS_FILES } from '../../files/project-folder';
import { didYouMean } from '../../problem/suggest';
import { YamlFiles } from '../../yaml/yaml-files';
import type { YamlSource } from '../../yaml/yaml-source';

/**
 * Checks Compose files where Compose cannot be asked: YAML, the shape of the parts that we read, and the name of every
 * key of `COMPOSE_KEYS`. It says nothing about the values of the other keys.
 *
 * @param files From the workspace root, a project's own or generated ones.
 */
export function checkComposeFiles(root: string, files: readonly string[]): Problem[] {
  const sources = new YamlFiles(root);
  const documents = new ComposeDocuments(sources);
  // A link and what it leads to are one file.
  const distinct = new Map(files.map((file) => [sources.read(file).realFile, file]));
  const opened = [...distinct.values()].flatMap((file) => documents.open(file));
  return orderProblems([...documents.problems, ...opened.flatMap(({ source }) => unknownKeys(source))]);
}

/** Every Compose file of a project that lies in the workspace: its own, and what these extend and include. */
export function composeFilesOf(root: string, project: Project): string[] {
  const sources = new YamlFiles(root);
  const ingress = new Set(
    INGRESS_FILES.map((file) => `${project.folder}/${file}`).flatMap((file) => [
      file,
      sources.read(file).realFile,
    ]),
  );
  return project.files.filter((file) => !ingress.has(file) && sources.read(file).text !== null);
}

function unknownKeys(source: YamlSource): Problem[] {
  return COMPOSE_KEYS.flatMap(({ at, keys }) =>
    mappingsAt(source.data, at).flatMap(({ mapping, path }) =>
      Object.keys(mapping)
        .filter((key) => !keys.has(key) && !key.startsWith('x-'))
        .map((key) => unknownKey(source, [...path, key], keys)),
    ),
  );
}

interface Located {
  mapping: Record<string, unknown>;
  path: string[];
}

function mappingsAt(data: unknown, at: readonly string[], path: string[] = []): Located[] {
  if (!isMapping(data)) return [];
  const [segment, ...rest] = at;
  if (segment === undefined) return [{ mapping: data, path }];
  const names = segment === '*' ? Object.keys(data) : [segment];
  return names
    .filter((name) => Object.hasOwn(data, name))
    .flatMap((name) => mappingsAt(data[name], rest, [...path, name]));
}

function unknownKey(source: YamlSource, path: string[], known: ReadonlySet<string>): Problem {
  const key = path.at(-1) ?? '';
  const parent = path.slice(0, -1).join('.');
  return {
    code: 'unknown-key',
    severity: 'error',
    message: `the Compose specification has no \`${key}\` ${parent === '' ? 'at the top level' : `in \`${parent}\``}${didYouMean(key, known)}`,
    help: 'Correct it, remove it, or begin it with `x-` when it is yours.',
    place: source.place(path, 'key'),
  };
}
