import { createRequire } from 'node:module';
import type * as re2js from 're2js';

/**
 * Traefik compiles expressions with Go's RE2, which differs from JavaScript's (inline flags yes, look-around no).
 * The engine is loaded when the first raw rule needs it: hardly any does, and every command would pay for it.
 */
function engine(): typeof re2js.RE2JS {
  const { RE2JS } = createRequire(__filename)('re2js') as typeof re2js;
  return RE2JS;
}

/** So many expressions are kept: compiling one with large repeats takes far longer than matching. */
const MAX_KEPT = 2000;

/**
 * What is larger, its repeats written out, is not compiled: a list of ten thousand words is as large and takes a
 * second, repeats of repeats in three lines take minutes.
 */
const MAX_SIZE = 100_000;

/** What has to be tried on the names of all projects is smaller: each try takes as long as the expression is large. */
const MAX_COMPARED_SIZE = 10_000;

/** null: the expression is too large to be compiled here. */
type Compiled = { expression: re2js.RE2JS } | { flaw: string } | null;

const compiled = new Map<string, Compiled>();

function compile(text: string): Compiled {
  const known = compiled.get(text);
  if (known !== undefined) return known;
  if (compiled.size >= MAX_KEPT) compiled.clear();
  const made = compileAnew(text);
  compiled.set(text, made);
  return made;
}

function compileAnew(text: string): Compiled {
  if (isTooLarge(text)) return null;
  try {
    return { expression: engine().compile(text) };
  } catch (error) {
    return { flaw: error instanceof Error ? error.message : String(error) };
  }
}

/** Whether an expression is larger than what is compiled here. */
export function isTooLarge(expression: string): boolean {
  return sizeOf(expression) > MAX_SIZE;
}

/** Whether it, or a text that it is part of, is larger than what is compared with the names of other projects. */
export function isTooLargeToCompare(expression: string): boolean {
  return sizeOf(expression) > MAX_COMPARED_SIZE;
}

/** A quoted part, an escaped character, a class, a repeat, or any other character. */
const PART = new RegExp(
  [
    /\\Q[^]*?(?:\\E|$)|\\[^]?/,
    /\[\^?\]?(?:\[:\^?\w+:\]|\\[^]?|[^\]\\])*(?:\]|$)/,
    /\{(?<least>\d{1,4})(?:,(?<most>\d{0,4}))?\}|[^]/,
  ]
    .map(({ source }) => source)
    .join('|'),
  'g',
);

/** The parts of an expression with its repeats written out: at least so much an engine has to look at. */
function sizeOf(expression: string): number {
  /** Of each open group: what is complete, and the last part, which a repeat is about. */
  const open = [{ size: 0, last: 0 }];
  let top = { size: 0, last: 0 };
  for (const { 0: part, groups } of expression.matchAll(PART)) {
    if (groups?.['least'] !== undefined) {
      top.last *= Math.max(Number(groups['least']), Number(groups['most'] ?? 0), 1);
    } else if (part === '(') {
      open.push(top);
      top = { size: 0, last: 0 };
    } else if (part === ')') {
      const group = top.size + top.last + 1;
      const outer = open.length > 1 ? open.pop() : undefined;
      top = { size: (outer?.size ?? 0) + (outer?.last ?? 0), last: group };
    } else {
      top = { size: top.size + top.last, last: part.length };
    }
  }
  return open.reduce((sum, { size, last }) => sum + size + last, top.size + top.last);
}

/** Why Traefik could not compile this expression; null: it can, or the expression is too large to be compiled here. */
export function regexpFlaw(expression: string): string | null {
  const made = compile(expression);
  return made !== null && 'flaw' in made ? made.flaw : null;
}

/**
 * Whether an expression that `regexpFlaw` accepts is found in the text, as Go's MatchString does; null: nobody knows
 * here, for it is too large.
 */
export function regexpMatches(expression: string, text: string): boolean | null {
  const made = compile(expression);
  if (made === null) return null;
  return 'expression' in made && made.expression.matcher(text).find();
}
