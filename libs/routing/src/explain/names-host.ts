import type { RuleKind } from '../rule/matchers';
import { hostMatches } from '../rule/evaluate';
import { parseRule } from '../rule/parse';
import { hostsOf } from '../rule/terms';

/** Whether a rule, of whoever's router, names this host (lower case), itself or by a wildcard. */
export function namesHost(rule: string, kind: RuleKind, host: string): boolean {
  const parsed = parseRule(rule, kind);
  if ('flaw' in parsed) return false;
  return hostsOf(parsed.rule).some((wanted) => wanted !== '*' && hostMatches(host, wanted));
}
