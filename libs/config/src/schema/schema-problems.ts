import { z } from 'zod';
import type { Problem } from '../problem/problem';
import { didYouMean } from '../problem/suggest';
import { isInterpolated } from './grammar';
import type { YamlSource } from '../yaml/yaml-source';

/** A file with more mistakes than this is another file than it should be. */
const MAX_PROBLEMS = 50;

export interface Checked<T> {
  /** The parsed value; null when something is wrong. */
  value: T | null;
  problems: Problem[];
  /** Where something is wrong. */
  paths: PropertyKey[][];
}

export interface CheckOptions {
  /** Words that people write for a key, and the key. */
  synonyms?: Readonly<Record<string, string>>;
  /** What to do about a key that is known in another place of the file. */
  misplaced?: (key: string, path: readonly PropertyKey[]) => string | undefined;
  /** The data, when it is not the source's as it stands. */
  data?: unknown;
  /** Keys whose value must not be repeated where a terminal, a log or a cache keeps it. */
  secrets?: readonly string[];
  /** Compose puts values in place of variables, so text with one may be whatever a single value can be. */
  interpolated?: boolean;
}

/** Checks a file against its schema; every deviation becomes a problem in the operator's words, with its place. */
export function checkSchema<S extends z.ZodType>(
  schema: S,
  source: YamlSource,
  options: CheckOptions = {},
): Checked<z.output<S>> {
  const data = 'data' in options ? options.data : source.data;
  const result = schema.safeParse(data);
  if (result.success) return { value: result.data, problems: [], paths: [] };
  const issues = result.error.issues.map(innermost);
  const open = options.interpolated === true ? issues.filter((issue) => isOpen(data, issue)) : [];
  if (open.length > 0) {
    const closed = open.reduce((rest, { path }) => without(rest, path), data);
    return checkSchema(schema, source, { ...options, data: closed });
  }
  const problems = issues
    .slice(0, MAX_PROBLEMS)
    .flatMap((issue) =>
      issue.code === 'unrecognized_keys'
        ? issue.keys.slice(0, MAX_PROBLEMS).map((key) => unknownKey(schema, source, issue.path, key, options))
        : [invalidValue(source, data, issue, options)],
    );
  return { value: null, problems, paths: issues.map(({ path }) => path) };
}

/** A key's value that only Compose knows. A list or a mapping it never is: text stays one value. */
function isOpen(data: unknown, issue: z.core.$ZodIssue): boolean {
  if (issue.code === 'invalid_type' && ['array', 'object', 'record'].includes(issue.expected)) return false;
  const value = valueAt(data, issue.path);
  return typeof issue.path.at(-1) === 'string' && typeof value === 'string' && isInterpolated(value);
}

/** The same data without one key; what aliases share stays as it is elsewhere. */
function without(data: unknown, [key, ...rest]: readonly PropertyKey[]): unknown {
  if (key === undefined || typeof data !== 'object' || data === null) return data;
  const copy: Record<PropertyKey, unknown> | unknown[] = Array.isArray(data) ? [...data] : { ...data };
  if (rest.length === 0) Reflect.deleteProperty(copy, key);
  else Reflect.set(copy, key, without(Reflect.get(copy, key), rest));
  return copy;
}

/** Of a value that may be of several kinds and is wrong inside of one: what is wrong there. */
function innermost(issue: z.core.$ZodIssue): z.core.$ZodIssue {
  if (issue.code !== 'invalid_union') return issue;
  const inside = issue.errors.find(
    (branch) => branch.length > 0 && branch.every(({ path }) => path.length > 0),
  );
  const [first] = inside ?? [];
  return first === undefined ? issue : innermost({ ...first, path: [...issue.path, ...first.path] });
}

function unknownKey(
  schema: z.ZodType,
  source: YamlSource,
  path: PropertyKey[],
  key: string,
  options: CheckOptions,
): Problem {
  const known = knownKeys(schemaAt(schema, path));
  const synonym = Object.hasOwn(options.synonyms ?? {}, key) ? options.synonyms?.[key] : undefined;
  const meant = synonym !== undefined && known.includes(synonym) ? ` — did you mean \`${synonym}\`?` : '';
  const misplaced = options.misplaced?.(key, path);
  const suggestion = meant || (misplaced === undefined ? didYouMean(key, known) : '');
  const help =
    misplaced ?? (suggestion === '' && known.length > 0 ? `Known here: ${known.join(', ')}.` : undefined);
  return {
    code: 'unknown-key',
    severity: 'error',
    message: `unknown key \`${key}\`${suggestion}`,
    ...(help === undefined ? {} : { help }),
    place: source.place([...path, key], 'key'),
  };
}

function invalidValue(
  source: YamlSource,
  data: unknown,
  issue: z.core.$ZodIssue,
  options: CheckOptions,
): Problem {
  const value = valueAt(data, issue.path);
  const name = subject(issue.path);
  if (value === undefined) {
    return {
      code: 'missing-key',
      severity: 'error',
      message: `${name} is missing`,
      place: source.place(issue.path),
    };
  }
  const isKey = issue.code === 'invalid_key';
  const phrase = isKey ? (issue.issues[0]?.message ?? issue.message) : issue.message;
  const isSecret = issue.path.some((key) => options.secrets?.includes(String(key)));
  const help = helpFor(issue, value, options) ?? (isSecret ? undefined : asList(issue, value));
  const { text, ...place } = source.place(issue.path, isKey ? 'key' : 'value');
  return {
    code: 'invalid-value',
    severity: 'error',
    message:
      isKey || isSecret ? `${name} must be ${phrase}` : `${name} must be ${phrase}, found ${shown(value)}`,
    ...(help === undefined ? {} : { help }),
    place: isSecret || text === undefined ? place : { ...place, text },
  };
}

function helpFor(issue: z.core.$ZodIssue, value: unknown, options: CheckOptions): string | undefined {
  if (typeof value === 'string' && !options.interpolated && value.includes('${')) {
    return 'Variables are not expanded in this file; write the value itself.';
  }
  const help: unknown = issue.code === 'custom' ? issue.params?.['help'] : undefined;
  return typeof help === 'string' ? help : undefined;
}

/** Of one value where a list is to be; of a command its words, as Compose divides one that is a text. */
function asList(issue: z.core.$ZodIssue, value: unknown): string | undefined {
  const isList = issue.code === 'invalid_type' && issue.expected === 'array';
  if (!isList || typeof value !== 'string' || value.length > 60) return undefined;
  const items = issue.path.at(-1) === 'command' ? wordsOf(value) : [value];
  return `Write \`[${items.map((item) => JSON.stringify(item)).join(', ')}]\`.`;
}

/** Words of a plain command; what has quotes, variables or other things of a shell is for a shell. */
function wordsOf(command: string): string[] {
  return /^[\w\s./:=@%+,-]*$/.test(command) ? command.trim().split(/\s+/) : ['sh', '-c', command];
}

/** `port`, an entry of `sans`, row 2 of `ingress`, the file. */
function subject(path: readonly PropertyKey[]): string {
  const last = path.at(-1);
  if (last === undefined) return 'the file';
  if (typeof last === 'number' && path.length === 2 && path[0] === 'ingress')
    return `row ${last + 1} of \`ingress\``;
  if (typeof last === 'number') return `entry ${last + 1} of \`${String(path.at(-2))}\``;
  return `\`${String(last)}\``;
}

/** A value as a message shows it, never long. */
export function shown(value: unknown): string {
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object') return 'a mapping';
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return `\`${text.length > 60 ? `${text.slice(0, 57)}…` : text}\``;
}

function valueAt(data: unknown, path: readonly PropertyKey[]): unknown {
  let value = data;
  for (const segment of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, segment)) return undefined;
    value = (value as Record<PropertyKey, unknown>)[segment];
  }
  return value;
}

/** The part of a schema that describes the value at `path`. */
function schemaAt(schema: z.core.$ZodType, path: readonly PropertyKey[]): z.core.$ZodType {
  const [segment, ...rest] = path;
  const inner = unwrapped(schema);
  if (segment === undefined) return inner;
  if (inner instanceof z.ZodArray) return schemaAt(inner.element, rest);
  if (inner instanceof z.ZodRecord) return schemaAt(inner.valueType, rest);
  const next = inner instanceof z.ZodObject ? (inner.shape as z.core.$ZodShape)[String(segment)] : undefined;
  return next ? schemaAt(next, rest) : inner;
}

function unwrapped(schema: z.core.$ZodType): z.core.$ZodType {
  if (schema instanceof z.ZodPipe) return unwrapped(schema.def.out);
  const wrapped =
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault;
  return wrapped ? unwrapped(schema.def.innerType) : schema;
}

function knownKeys(schema: z.core.$ZodType): string[] {
  return schema instanceof z.ZodObject ? Object.keys(schema.shape as z.core.$ZodShape) : [];
}
