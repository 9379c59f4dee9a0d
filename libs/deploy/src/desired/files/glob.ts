/** Whether a path (forward slashes) or a folder above it matches. */
export type Glob = (path: string) => boolean;

/** One step through a path. `some`: any number of characters; `folders`: nothing, or any number ended by a slash. */
type Token =
  | { kind: 'one'; fits: (char: string) => boolean }
  | { kind: 'some'; fits: (char: string) => boolean }
  | { kind: 'folders' };

/**
 * Compiles a pattern of Docker's builder: `*`, `?`, `[a-z]`, `\`, `**`. Matched step by step with every way through the
 * pattern followed at once, so that no pattern of a project takes more than its length times the path's.
 * @returns null for a pattern that cannot be read
 */
export function compileGlob(pattern: string): Glob | null {
  const tokens = tokensOf(pattern);
  return tokens === null ? null : (path) => matches(tokens, path);
}

const isNoSlash = (char: string): boolean => char !== '/';
const isAny = (): boolean => true;

function tokensOf(pattern: string): Token[] | null {
  const tokens: Token[] = [];
  for (let at = 0; at < pattern.length; at += 1) {
    const char = pattern[at] ?? '';
    if (pattern.startsWith('**', at)) {
      const isFolders = pattern[at + 2] === '/';
      tokens.push(isFolders ? { kind: 'folders' } : { kind: 'some', fits: isAny });
      at += isFolders ? 2 : 1;
    } else if (char === '*') tokens.push({ kind: 'some', fits: isNoSlash });
    else if (char === '?') tokens.push({ kind: 'one', fits: isNoSlash });
    else if (char === '[') {
      const end = pattern.indexOf(']', at + 1);
      const fits = end < 0 ? null : classOf(pattern.slice(at + 1, end));
      if (fits === null) return null;
      tokens.push({ kind: 'one', fits });
      at = end;
    } else {
      if (char === '\\') at += 1;
      const literal = pattern[at];
      if (literal === undefined) return null;
      tokens.push({ kind: 'one', fits: (other) => other === literal });
    }
  }
  return tokens;
}

/** The inside of `[…]`; null: it is empty, or a range runs backwards. */
function classOf(text: string): ((char: string) => boolean) | null {
  const negated = text.startsWith('^');
  const inside = negated ? text.slice(1) : text;
  if (inside === '') return null;
  const ranges: [string, string][] = [];
  for (let at = 0; at < inside.length; at += 1) {
    const low = inside[at] ?? '';
    const isRange = inside[at + 1] === '-' && at + 2 < inside.length;
    const high = isRange ? (inside[at + 2] ?? low) : low;
    if (high < low) return null;
    ranges.push([low, high]);
    if (isRange) at += 2;
  }
  return (char) => ranges.some(([low, high]) => char >= low && char <= high) !== negated;
}

function matches(tokens: readonly Token[], path: string): boolean {
  let states = closure(tokens, new Set([0]));
  for (const char of path) {
    if (char === '/' && states.has(tokens.length)) return true;
    const next = new Set<number>();
    for (const state of states) {
      const token = tokens[state];
      if (token === undefined) continue;
      if (token.kind === 'folders') {
        next.add(state + INSIDE);
        if (char === '/') next.add(state + 1);
      } else if (token.fits(char)) next.add(token.kind === 'one' ? state + 1 : state);
    }
    // Within the folders of a `**/` only a slash leads on.
    for (const state of states) {
      if (Number.isInteger(state)) continue;
      next.add(state);
      if (char === '/') next.add(state - INSIDE + 1);
    }
    states = closure(tokens, next);
    if (states.size === 0) return false;
  }
  return states.has(tokens.length);
}

/** Added to a state whose token is `folders`: a character of a folder's name was taken. */
const INSIDE = 0.5;

/** With the states that are reached without a character. */
function closure(tokens: readonly Token[], states: Set<number>): Set<number> {
  for (const state of states) {
    const token = tokens[state];
    if (token !== undefined && token.kind !== 'one') states.add(state + 1);
  }
  return states;
}
