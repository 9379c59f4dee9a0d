import type { Place, Problem, YamlFile } from '@itsup/config';
import { isMap, isScalar, isSeq, LineCounter, parseDocument, type Node } from 'yaml';

type Path = (string | number)[];

/**
 * `${VAR}` in the values of a Traefik file. Traefik expands none, so each would reach the proxy literally: an error a
 * value, with its key path. A named group of a `regex` beside the value (`${name}` in a `replacement`) is Traefik's
 * own.
 * @param text the file as it would be written
 * @param file its path, for the message
 * @param override the operator's file merged into it; a placeholder found there is pointed at
 */
export function placeholderProblems(text: string, file: string, override: YamlFile | null): Problem[] {
  // Parsing the routes of a thousand projects to find nothing takes longer than rendering them.
  if (!text.includes('$')) return [];
  const problems: Problem[] = [];
  const walk = (value: unknown, path: Path, siblings: Record<string, unknown>): void => {
    if (typeof value === 'string') {
      for (const [placeholder, name] of value.matchAll(/\$\{([A-Za-z_][A-Za-z0-9_]*)[^}]*\}/g)) {
        if (name !== undefined && !namesGroup(siblings['regex'], name)) {
          problems.push(placeholderProblem(placeholder, path, file, override));
        }
      }
    } else if (Array.isArray(value)) {
      value.forEach((item, index) => walk(item, [...path, index], {}));
    } else if (typeof value === 'object' && value !== null) {
      const mapping = value as Record<string, unknown>;
      for (const [key, item] of Object.entries(mapping)) walk(item, [...path, key], mapping);
    }
  };
  walk(parseDocument(text).toJS(), [], {});
  return problems;
}

function namesGroup(regex: unknown, name: string): boolean {
  return typeof regex === 'string' && new RegExp(`\\(\\?P?<${name}>`).test(regex);
}

function placeholderProblem(
  placeholder: string,
  path: Path,
  file: string,
  override: YamlFile | null,
): Problem {
  const keyPath = formatPath(path);
  const place = override === null ? undefined : placeOf(override, path);
  const source = place?.file ?? file;
  return {
    code: 'unexpanded-variable',
    severity: 'error',
    message: `${source}: ${keyPath} holds ${placeholder}, which Traefik does not expand`,
    help: 'write the value itself, a hash of it, or the path of a file that holds it',
    ...(place && { place }),
  };
}

/** `http.middlewares.auth.basicAuth.users[0]` */
export function formatPath(path: Path): string {
  return path
    .map((step, index) => (typeof step === 'number' ? `[${step}]` : index === 0 ? step : `.${step}`))
    .join('');
}

/** Where the operator wrote the value; undefined when it is not theirs. */
function placeOf({ file, text }: YamlFile, path: Path): Place | undefined {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, merge: true });
  let node = document.contents as Node | null | undefined;
  for (const step of path) {
    if (!isMap(node) && !isSeq(node)) return undefined;
    node = node.get(step, true) as Node | undefined;
  }
  if (!isScalar(node) || !node.range) return undefined;
  const { line, col } = lines.linePos(node.range[0]);
  const source = text.split(/\r?\n/)[line - 1];
  return { file, line, column: col, ...(source !== undefined && { text: source }) };
}
