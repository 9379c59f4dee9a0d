import { LineCounter, parseAllDocuments, parseDocument, Schema, type Document, type YAMLError } from 'yaml';
import type { Problem } from '../problem/problem';
import { withoutEnvironment } from './without-environment';
import { YAML_11_BOOLEAN } from './yaml-boolean';
import { placeInText, YamlSource } from './yaml-source';
import { toValue } from './yaml-value';

/** A broken file has one cause and a hundred consequences; the first few say enough. */
const MAX_SYNTAX_ERRORS = 5;

export interface ParsedYaml {
  /** One per document of the file; empty when it cannot be used. */
  sources: YamlSource[];
  problems: Problem[];
}

export interface ParseOptions {
  /** `yes`, `no`, `on` and `off` are booleans too, as in files that PyYAML used to read. */
  yaml11Booleans?: boolean;
  /** Several documents are allowed; Compose merges them. */
  manyDocuments?: boolean;
  /** Nothing of the text may be shown: places have no excerpt, and what is wrong is said without a value. */
  withheld?: boolean;
}

/** YAML 1.2 with `<<`, as the parser of Compose has it. Made once: making one takes as long as a small file. */
const SCHEMA = new Schema({ schema: 'core', merge: true, resolveKnownTags: true });
const SCHEMA_11_BOOLEANS = new Schema({
  schema: 'core',
  merge: true,
  resolveKnownTags: true,
  customTags: YAML_11_BOOLEAN,
});

const BASE_OPTIONS = {
  logLevel: 'error',
  prettyErrors: false,
  // As Compose has it, and faster.
  stringKeys: true,
  // toValue finds them in linear time; the parser's own check is quadratic.
  uniqueKeys: false,
} as const;

/** Parses a file's text. Mistakes come back as problems with their place; nothing is thrown for any text. */
export function parseYaml(file: string, text: string, options: ParseOptions = {}): ParsedYaml {
  // A carriage return alone ends a line too, which the parser does not know.
  const parsed = parse(file, text.replace(/\r(?!\n)/g, '\n'), options);
  return options.withheld ? { ...parsed, problems: parsed.problems.map(withoutText) } : parsed;
}

/** The problem of a file that may not be quoted: where it is, and its kind. */
export function withoutText(problem: Problem): Problem {
  const { code, severity, place } = problem;
  const bare = place && { file: place.file, line: place.line, column: place.column };
  return {
    code,
    severity,
    message: `there is a mistake in \`${place?.file ?? ''}\` (${code})`,
    help: 'The file is not the project’s own, so nothing of it is shown here: see the line in the file.',
    ...(bare && { place: bare }),
  };
}

function parse(file: string, text: string, options: ParseOptions): ParsedYaml {
  const lines = new LineCounter();
  let documents: Document.Parsed[];
  try {
    documents = parseDocuments(text, lines, options);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return { sources: [], problems: [syntaxProblem(file, text, lines, error.message, 0, 1)] };
  }
  const errors = documents.flatMap((document) => document.errors).filter((error) => !isKnownKey(error, text));
  if (errors.length > 0) {
    return { sources: [], problems: syntaxProblems(file, text, lines, errors) };
  }
  return fromDocuments(file, text, lines, documents, options.withheld ?? false);
}

/** `!!merge <<` and `*alias :` are keys too: the first is what `<<` says alone, the second the text of its anchor. */
function isKnownKey({ code, pos: [start] }: YAMLError, text: string): boolean {
  return (
    code === 'NON_STRING_KEY' && /^(?:!!merge\s+<<|\*[^\s,[\]{}]+)\s*:/.test(text.slice(start, start + 256))
  );
}

function parseDocuments(text: string, lines: LineCounter, options: ParseOptions): Document.Parsed[] {
  const settings = {
    ...BASE_OPTIONS,
    lineCounter: lines,
    schema: options.yaml11Booleans ? SCHEMA_11_BOOLEANS : SCHEMA,
  };
  return withoutEnvironment(() => {
    if (options.manyDocuments && /^---/m.test(text)) {
      const parsed = parseAllDocuments(text, settings);
      return 'empty' in parsed ? [] : parsed;
    }
    return [parseDocument(text, settings)];
  });
}

function fromDocuments(
  file: string,
  text: string,
  lines: LineCounter,
  documents: Document.Parsed[],
  withheld: boolean,
): ParsedYaml {
  const sources: YamlSource[] = [];
  const problems: Problem[] = [];
  for (const document of documents) {
    const { data, tags, problems: found } = toValue(document);
    const source = new YamlSource(file, text, data, tags, document, lines, withheld);
    sources.push(source);
    for (const { code, message, help, node, related } of found) {
      const place = (of: typeof node) =>
        source.placeAt(of?.range?.[0] ?? 0, (of?.range?.[1] ?? 1) - (of?.range?.[0] ?? 0));
      problems.push({
        code,
        severity: 'error',
        message,
        ...(help === undefined ? {} : { help }),
        place: place(node),
        ...(related ? { related: [{ message: related.message, place: place(related.node) }] } : {}),
      });
    }
  }
  return problems.length > 0 ? { sources: [], problems } : { sources, problems };
}

/** One a line: what follows on the same line is mostly the echo of the first. */
function syntaxProblems(file: string, text: string, lines: LineCounter, errors: YAMLError[]): Problem[] {
  const byLine = new Map<number, Problem>();
  for (const error of errors) {
    const problem = fromYamlError(file, text, lines, error);
    const line = problem.place?.line ?? 0;
    if (!byLine.has(line)) byLine.set(line, problem);
    if (byLine.size === MAX_SYNTAX_ERRORS) break;
  }
  return [...byLine.values()];
}

function fromYamlError(file: string, text: string, lines: LineCounter, error: YAMLError): Problem {
  const [start, end] = error.pos;
  if (error.code === 'MULTIPLE_DOCS') {
    return syntaxProblem(file, text, lines, 'only one document (`---`) may stand here', start, 3);
  }
  if (error.code === 'NON_STRING_KEY') {
    return {
      ...syntaxProblem(file, text, lines, 'a key must be plain text', start, end - start),
      code: 'bad-key',
    };
  }
  if (error.code === 'RESOURCE_EXHAUSTION') {
    return { ...syntaxProblem(file, text, lines, 'nested too deeply', start, 1), code: 'too-deep' };
  }
  return syntaxProblem(file, text, lines, error.message, start, end - start);
}

function syntaxProblem(
  file: string,
  text: string,
  lines: LineCounter,
  message: string,
  offset: number,
  length: number,
): Problem {
  return {
    code: 'invalid-yaml',
    severity: 'error',
    message: `invalid YAML: ${(message.split('\n')[0] ?? '').replace(/^./, (first) => first.toLowerCase())}`,
    place: placeInText(file, text, lines, shownOffset(text, offset), length),
  };
}

/**
 * What is missing at the end of a file is shown behind the last thing that is there, not on the blank line after it.
 */
function shownOffset(text: string, offset: number): number {
  if (text.slice(offset).trim() !== '') return offset;
  return Math.max(text.slice(0, offset).trimEnd().length - 1, 0);
}
