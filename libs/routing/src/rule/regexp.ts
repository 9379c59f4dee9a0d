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

/** Why Traefik could not compile this expression; null: it can. */
export function regexpFlaw(expression: string): string | null {
  try {
    engine().compile(expression);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Whether an expression that `regexpFlaw` accepts is found in the text, as Go's MatchString does. */
export function regexpMatches(expression: string, text: string): boolean {
  return engine().compile(expression).matcher(text).find();
}
