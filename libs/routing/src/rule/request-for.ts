import { evaluate } from './evaluate';
import { parseRule } from './parse';
import { termsOf } from './terms';

/**
 * A request that an HTTP rule takes for sure; null: none is known, as for a rule that looks at headers. `host` is null where
 * every name will do.
 */
export function requestFor(rule: string): { host: string | null; path: string } | null {
  const parsed = rule.includes('${') ? null : parseRule(rule, 'http');
  if (parsed === null || !('rule' in parsed)) return null;
  for (const term of termsOf(parsed.rule)) {
    // A wildcard stands for one label.
    const host = term.host?.replace(/^\*(?=\.)/, 'any') ?? null;
    const path = term.path ?? term.prefix ?? '/';
    if (evaluate(parsed.rule, { host: host ?? 'any.invalid', path, query: [] }).verdict === 'yes')
      return { host, path };
  }
  return null;
}
