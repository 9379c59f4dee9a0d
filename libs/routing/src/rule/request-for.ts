import { evaluate } from './evaluate';
import { parseRule } from './parse';
import { termsOf } from './terms';

/** A request for an HTTP rule. `host` is null where every name will do. */
export interface RuleRequest {
  host: string | null;
  path: string;
}

/**
 * A request that an HTTP rule takes for sure; null: none is known, as for a rule that looks at headers.
 */
export function requestFor(rule: string): RuleRequest | null {
  return requestsFor(rule)[0] ?? null;
}

/** The same for each of its alternatives that one is known for: each name of a row, each path. */
export function requestsFor(rule: string): RuleRequest[] {
  const parsed = rule.includes('${') ? null : parseRule(rule, 'http');
  if (parsed === null || !('rule' in parsed)) return [];
  return termsOf(parsed.rule).flatMap((term) => {
    // A wildcard stands for one label.
    const host = term.host?.replace(/^\*(?=\.)/, 'any') ?? null;
    const path = term.path ?? term.prefix ?? '/';
    const { verdict } = evaluate(parsed.rule, { host: host ?? 'any.invalid', path, query: [] });
    return verdict === 'yes' ? [{ host, path }] : [];
  });
}
