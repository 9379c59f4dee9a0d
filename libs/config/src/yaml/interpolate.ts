/**
 * `$$`, `$NAME`, `${NAME}` and the start of `${NAME<operator>…}`; the operators are those of the Compose specification.
 */
const START = /\$(?:(\$)|([A-Za-z_]\w*)|\{([A-Za-z_]\w*)(:?[-?+])?)/g;

/** The value of a variable; undefined: it is not set. */
export type Lookup = (name: string) => string | undefined;

export interface InterpolateOptions {
  /** Stands for a variable without a value and without a default; absent: the whole text is null then. */
  unset?: string;
}

/**
 * A text of a Compose file with its variables put in, as Compose does it: `${A:-b}` with nested defaults, `${A:+b}`,
 * `$$` for a dollar sign.
 *
 * @returns null where a variable has neither a value nor a default, which Compose alone may judge, and where the text
 * is no sound use of variables.
 */
export function interpolate(text: string, lookup: Lookup, options: InterpolateOptions = {}): string | null {
  let result = '';
  let at = 0;
  while (at < text.length) {
    START.lastIndex = at;
    const match = START.exec(text);
    if (match === null) return result + text.slice(at);
    result += text.slice(at, match.index);
    const [whole, dollar, bare, braced = '', operator] = match;
    at = match.index + whole.length;
    if (dollar !== undefined) {
      result += '$';
      continue;
    }
    let end = at;
    if (bare === undefined) {
      end = closing(text, at);
      if (end === -1) return null;
    }
    const value = valueOf(lookup(bare ?? braced), operator ?? '', text.slice(at, end), (word) =>
      interpolate(word, lookup, options),
    );
    const filled = value === undefined && !operator?.endsWith('?') ? options.unset : value;
    if (filled === null || filled === undefined) return null;
    result += filled;
    at = bare === undefined ? end + 1 : at;
  }
  return result;
}

/** undefined: the variable has no value; null: what stands for it is no sound text. */
function valueOf(
  value: string | undefined,
  operator: string,
  word: string,
  fill: (word: string) => string | null,
): string | null | undefined {
  const isThere = value !== undefined && !(operator.startsWith(':') && value === '');
  if (operator.endsWith('-')) return isThere ? value : fill(word);
  if (operator.endsWith('+')) return isThere ? fill(word) : '';
  return isThere ? value : undefined;
}

/** Where the brace that is open at `from` closes; -1: nowhere. */
function closing(text: string, from: number): number {
  let depth = 1;
  for (let index = from; index < text.length; index += 1) {
    if (text.startsWith('${', index)) depth += 1;
    else if (text[index] === '}') depth -= 1;
    if (depth === 0) return index;
  }
  return -1;
}
