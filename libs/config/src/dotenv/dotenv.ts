import { interpolate, type Lookup } from '../yaml/interpolate';

/** What a file of variables says, as far as it can be read. */
export interface Dotenv {
  variables: Record<string, string>;
  /** Where Compose would give up, and why; it never holds a value. */
  fault: { line: number; message: string } | null;
}

/** What Compose takes for space within a line. */
const SPACE = /[\t\v\f\r \u0085\u00a0]/;
const KEY_CHARACTER = /[\p{L}\p{N}_.[\]-]/u;
const ESCAPE = /\\(?:[abcfnrtv$"\\]|0\d{0,3})/g;
const ESCAPED: Readonly<Record<string, string>> = {
  ...{ a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v', '"': '"', '\\': '\\' },
  // A dollar sign that begins no variable.
  $: '$$',
};

class Fault extends Error {}

/**
 * Reads a `.env` or an `env_file` as Compose does: `NAME=value` and `NAME: value`, `export`, single quotes (as it is),
 * double quotes (escapes, variables, several lines), remarks behind ` #`, and a name alone, whose value is the
 * environment's. Variables of earlier lines can be used.
 *
 * @param lookup values that win over the file's own where a line uses a variable: the environment's
 */
export function parseDotenv(text: string, lookup: Lookup = () => undefined): Dotenv {
  const source = text.replace(/^\uFEFF/, '');
  const variables: Record<string, string> = {};
  const known: Lookup = (name) =>
    lookup(name) ?? (Object.hasOwn(variables, name) ? variables[name] : undefined);
  let at = 0;
  try {
    for (at = startOfStatement(source, 0); at < source.length; at = startOfStatement(source, at)) {
      const { name, end, isAlone } = nameAt(source, at);
      if (isAlone) {
        const value = lookup(name);
        if (value !== undefined) set(variables, name, value);
        at = end;
        continue;
      }
      const value = valueAt(source, end, known);
      set(variables, name, value.text);
      at = value.end;
    }
    return { variables, fault: null };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return { variables, fault: { line: source.slice(0, at).split('\n').length, message: error.message } };
  }
}

/** Past blank space and remarks. */
function startOfStatement(source: string, from: number): number {
  let at = from;
  for (;;) {
    while (at < source.length && /\s|\u0085/.test(source[at] ?? '')) at += 1;
    if (source[at] !== '#') return at;
    const end = source.indexOf('\n', at);
    if (end === -1) return source.length;
    at = end;
  }
}

function nameAt(source: string, from: number): { name: string; end: number; isAlone: boolean } {
  const exported = /^export\s+/.exec(source.slice(from, from + 100));
  const start = from + (exported?.[0].length ?? 0);
  let at = start;
  for (; at < source.length; at += 1) {
    const character = source[at] ?? '';
    if (character === '=' || character === ':' || character === '\n') break;
    if (!SPACE.test(character) && !KEY_CHARACTER.test(character))
      throw new Fault('a name holds letters, digits, and `_`, `.`, `-`');
  }
  // A name at the very end, without a line's end, is nothing to Compose.
  if (at === source.length) return { name: '', end: at, isAlone: true };
  const name = source.slice(start, at).trimEnd();
  if (name.includes(' ')) throw new Fault('a name holds no space');
  let end = at + 1;
  while (SPACE.test(source[end] ?? '')) end += 1;
  return { name, end, isAlone: source[at] === '\n' };
}

function valueAt(source: string, from: number, lookup: Lookup): { text: string; end: number } {
  const quote = source[from];
  if (quote !== '"' && quote !== "'") {
    const newline = source.indexOf('\n', from);
    const end = newline === -1 ? source.length : newline;
    const [value = ''] = source.slice(from, end).split(' #');
    return { text: filled(value.trimEnd(), lookup), end };
  }
  let text = '';
  for (let at = from + 1; at < source.length; at += 1) {
    const character = source[at] ?? '';
    if (character === '\\' && at + 1 < source.length) {
      const next = source[at + 1] ?? '';
      text += next === quote ? quote : `\\${next}`;
      at += 1;
    } else if (character === quote) {
      return { text: quote === '"' ? filled(unescaped(text), lookup) : text, end: at + 1 };
    } else text += character;
  }
  throw new Fault('the quote that begins here has no end');
}

function unescaped(text: string): string {
  return text.replace(ESCAPE, (escape) => {
    const letter = escape[1] ?? '';
    if (letter !== '0') return ESCAPED[letter] ?? escape;
    const octal = escape.slice(2);
    return /^[0-3][0-7]{2}$/.test(octal) ? String.fromCharCode(Number.parseInt(octal, 8)) : escape;
  });
}

/** Text that is no sound use of variables stays, and is Compose's to refuse. */
function filled(text: string, lookup: Lookup): string {
  return interpolate(text, lookup, { unset: '' }) ?? text;
}

function set(variables: Record<string, string>, name: string, value: string): void {
  if (name !== '')
    Object.defineProperty(variables, name, { value, enumerable: true, writable: true, configurable: true });
}
