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

/** Longer ones are refused: none that a person writes is, and compiling it takes a minute. */
const MAX_LENGTH = 4000;

const compiled = new Map<string, { expression: re2js.RE2JS } | { flaw: string }>();

function compile(text: string): { expression: re2js.RE2JS } | { flaw: string } {
  const known = compiled.get(text);
  if (known !== undefined) return known;
  if (compiled.size >= MAX_KEPT) compiled.clear();
  const made = compileAnew(text);
  compiled.set(text, made);
  return made;
}

function compileAnew(text: string): { expression: re2js.RE2JS } | { flaw: string } {
  if (text.length > MAX_LENGTH) return { flaw: `an expression of more than ${MAX_LENGTH} characters` };
  try {
    return { expression: engine().compile(text) };
  } catch (error) {
    return { flaw: error instanceof Error ? error.message : String(error) };
  }
}

/** Why Traefik could not compile this expression; null: it can. */
export function regexpFlaw(expression: string): string | null {
  const made = compile(expression);
  return 'flaw' in made ? made.flaw : null;
}

/** Whether an expression that `regexpFlaw` accepts is found in the text, as Go's MatchString does. */
export function regexpMatches(expression: string, text: string): boolean {
  const made = compile(expression);
  return 'expression' in made && made.expression.matcher(text).find();
}
