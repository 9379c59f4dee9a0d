import { isMapping } from '../yaml/is-mapping';
import type { YamlFile } from '../model';
import type { Problem } from '../problem/problem';
import type { YamlFiles } from '../yaml/yaml-files';

/** Reads a file of native Traefik YAML that is merged over a generated one. Absent and empty are fine. */
export function readTraefikFile(
  files: YamlFiles,
  file: string,
): { file: YamlFile | null; exists: boolean; problems: Problem[] } {
  const { text, reason } = files.read(file);
  if (reason === 'missing') return { file: null, exists: false, problems: [] };
  const { sources, problems } = files.yaml(file);
  const [source] = sources;
  if (!source || text === null) return { file: null, exists: true, problems };
  if (source.data === null) return { file: null, exists: true, problems };
  if (!isMapping(source.data)) {
    const problem: Problem = {
      code: 'invalid-value',
      severity: 'error',
      message: 'the file must be a mapping',
      place: source.place([]),
    };
    return { file: null, exists: true, problems: [problem] };
  }
  const placeholders = findPlaceholders(source.data).map(({ path, placeholder }): Problem => ({
    code: 'unexpanded-variable',
    severity: 'error',
    message: `\`${path.join('.')}\` holds \`${placeholder}\`, and Traefik expands no variables`,
    help: 'Write the value itself; a secret goes into a file that Traefik reads (`usersFile`, `certFile` …).',
    place: source.place(path),
  }));
  const open = openApi(source.data).map((path): Problem => ({
    code: 'open-api',
    severity: 'warning',
    message:
      "`api.insecure` opens Traefik's API to every account of this host, and to all that reaches its loopback",
    help: 'Take it out: deploys have a secret for it, and `traefik.domain` with `traefik.admin` in itsup.yml is the dashboard.',
    place: source.place(path),
  }));
  return { file: { file, text, data: source.data }, exists: true, problems: [...placeholders, ...open] };
}

/** Where `api.insecure: true` stands; Traefik reads keys and the value whatever their case. */
function openApi(data: Record<string, unknown>): string[][] {
  const named = (value: unknown, name: string): [string, unknown][] =>
    isMapping(value) ? Object.entries(value).filter(([key]) => key.toLowerCase() === name) : [];
  return named(data, 'api').flatMap(([api, value]) =>
    named(value, 'insecure').flatMap(([key, on]) =>
      String(on).toLowerCase() === 'true' ? [[api, key]] : [],
    ),
  );
}

/** A `${NAME}` left in a value, and where. */
export interface Placeholder {
  path: (string | number)[];
  placeholder: string;
}

/**
 * Finds `${NAME}` in the values of Traefik's configuration. `${1}` and `${name}` of a group that the `regex` beside it
 * captures are Traefik's own (redirectRegex, replacePathRegex) and no variables.
 */
export function findPlaceholders(data: unknown, path: readonly (string | number)[] = []): Placeholder[] {
  if (typeof data === 'string') return inText(data, path, '');
  if (Array.isArray(data)) return data.flatMap((item, index) => findPlaceholders(item, [...path, index]));
  if (!isMapping(data)) return [];
  const regex = typeof data['regex'] === 'string' ? data['regex'] : '';
  return Object.entries(data).flatMap(([key, value]) =>
    key === 'replacement' && typeof value === 'string'
      ? inText(value, [...path, key], regex)
      : findPlaceholders(value, [...path, key]),
  );
}

function inText(text: string, path: readonly (string | number)[], regex: string): Placeholder[] {
  return [...text.matchAll(/\$\{([A-Za-z_][^}]*)\}/g)]
    .filter(([, name]) => !regex.includes(`<${name}>`))
    .map(([placeholder]) => ({ path: [...path], placeholder }));
}
