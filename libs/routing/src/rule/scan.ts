/** A token of a rule; `at` is its offset in the text. `break` stands for a line break that ends an expression. */
export type Token = { at: number } & (
  | { kind: 'name'; text: string }
  | { kind: 'string'; value: string }
  | { kind: '(' | ')' | ',' | '!' | '&&' | '||' | 'break' | 'end' }
);

/** Why a rule cannot be read, and where in its text. */
export interface RuleFlaw {
  message: string;
  offset: number;
}

/** Thrown inside the rule parser alone; its callers get a `RuleFlaw`. */
export class RuleError extends Error {
  constructor(
    message: string,
    readonly offset: number,
  ) {
    super(message);
  }
}

/**
 * Splits a rule into tokens. Traefik reads rules with Go's expression parser, so strings are Go's: raw ones in
 * backticks, interpreted ones in double quotes; and a line break after a value ends the expression.
 *
 * @throws RuleError for anything a rule cannot hold.
 */
export function scanRule(text: string): Token[] {
  const unreadable = text.search(/[\0\p{Cs}\ufeff]/u);
  if (unreadable >= 0) throw new RuleError('a character that cannot be written', unreadable);
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const token = readToken(text, at, tokens.at(-1));
    if (token.token) tokens.push(token.token);
    at = token.next;
  }
  tokens.push({ kind: 'end', at });
  return tokens;
}

interface Read {
  token: Token | null;
  next: number;
}

function readToken(text: string, at: number, before: Token | undefined): Read {
  const char = text.charAt(at);
  if (char === ' ' || char === '\t' || char === '\r') return { token: null, next: at + 1 };
  if (char === '\n') return { token: endsExpression(before) ? { kind: 'break', at } : null, next: at + 1 };
  if (char === '(' || char === ')' || char === ',' || char === '!')
    return { token: { kind: char, at }, next: at + 1 };
  if (char === '&' || char === '|') {
    if (text.charAt(at + 1) !== char) throw new RuleError(`a single ${char}: write ${char}${char}`, at);
    return { token: { kind: char === '&' ? '&&' : '||', at }, next: at + 2 };
  }
  if (char === '`') return readRaw(text, at);
  if (char === '"') return readInterpreted(text, at);
  if (char === "'") throw new RuleError('single quotes: write backticks or double quotes', at);
  const word = /[A-Za-z_]\w*/y;
  word.lastIndex = at;
  const name = word.exec(text)?.[0];
  if (name === undefined)
    throw new RuleError(`unexpected ${JSON.stringify(String.fromCodePoint(text.codePointAt(at) ?? 0))}`, at);
  return { token: { kind: 'name', text: name, at }, next: at + name.length };
}

/** Go ends a statement at a line break after a name, a value or a closing parenthesis, and nowhere else. */
function endsExpression(token: Token | undefined): boolean {
  return token !== undefined && (token.kind === 'name' || token.kind === 'string' || token.kind === ')');
}

function readRaw(text: string, at: number): Read {
  const end = text.indexOf('`', at + 1);
  if (end < 0) throw new RuleError('a backtick is never closed', at);
  return {
    token: { kind: 'string', value: text.slice(at + 1, end).replaceAll('\r', ''), at },
    next: end + 1,
  };
}

const escapes: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  '"': '"',
};

function readInterpreted(text: string, at: number): Read {
  let value = '';
  let next = at + 1;
  for (;;) {
    const char = text.charAt(next);
    if (char === '' || char === '\n') throw new RuleError('a double quote is never closed', at);
    if (char === '"') return { token: { kind: 'string', value, at }, next: next + 1 };
    if (char !== '\\') {
      value += char;
      next += 1;
      continue;
    }
    const simple = escapes[text.charAt(next + 1)];
    const unicode = /^\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))/.exec(text.slice(next, next + 10));
    const point = unicode ? parseInt(unicode[1] ?? unicode[2] ?? '', 16) : 0;
    if (simple !== undefined) {
      value += simple;
      next += 2;
    } else if (unicode && point <= 0x10ffff && (point < 0xd800 || point > 0xdfff)) {
      value += String.fromCodePoint(point);
      next += unicode[0].length;
    } else {
      throw new RuleError(`unknown escape \\${text.charAt(next + 1)}: backticks take text as it is`, next);
    }
  }
}
