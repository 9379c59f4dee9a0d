import { isDomain, isPathPrefix, isRuleText } from '@itsup/config';
import { parseRule, type Rule } from '@itsup/routing';

/** A rule as a row of ingress.yml says it: names and a path where it is made of those, else the rule itself. */
export interface RuleParts {
  domains: string[];
  pathPrefix: string | null;
  rule: string | null;
}

/** Takes a rule apart, of Traefik v3 or v2; a text that says why it cannot be taken over. */
export function partsOfRule(text: string, kind: 'http' | 'tcp'): RuleParts | { reason: string } {
  if (/\{[A-Za-z_]\w*(?::[^`]*)?\}/.test(text)) {
    return { reason: 'its rule has `{name:expression}` of Traefik v2, which v3 reads as something else' };
  }
  const candidates = [text, toV3(text)];
  for (const rule of candidates) {
    const parsed = isRuleText(rule) ? parseRule(rule, kind) : null;
    if (parsed && 'rule' in parsed) {
      return simpleParts(parsed.rule, kind) ?? { domains: [], pathPrefix: null, rule };
    }
  }
  const parsed = parseRule(text, kind);
  return {
    reason: `its rule is none of Traefik v3: ${'flaw' in parsed ? parsed.flaw.message : 'several lines'}`,
  };
}

/** `Host(a, b)` was a choice in v2; some matchers had other names. */
function toV3(text: string): string {
  const renamed = text.replace(/\bHostHeader\(/g, 'Host(').replace(/\bHeaders(Regexp)?\(/g, 'Header$1(');
  return renamed.replace(
    /\b(Host|HostSNI|HostRegexp|Path|PathPrefix|Method|ClientIP)\(([^()]*,[^()]*)\)/g,
    (_, matcher: string, values: string) =>
      `(${(values.match(/`[^`]*`|"[^"]*"|'[^']*'/g) ?? []).map((value) => `${matcher}(${value})`).join(' || ')})`,
  );
}

function simpleParts(rule: Rule, kind: 'http' | 'tcp'): RuleParts | null {
  const host = kind === 'http' ? 'Host' : 'HostSNI';
  const parts: RuleParts = { domains: [], pathPrefix: null, rule: null };
  if (kind === 'tcp' && rule.kind === 'matcher' && rule.name === host && rule.values[0] === '*') return parts;
  for (const condition of branches(rule, 'and')) {
    const choices = branches(condition, 'or').map((each) => (each.kind === 'matcher' ? each : null));
    const [only] = choices;
    if (only?.name === 'PathPrefix' && choices.length === 1 && parts.pathPrefix === null) {
      parts.pathPrefix = only.values[0] ?? '';
    } else if (choices.every((each) => each?.name === host) && parts.domains.length === 0) {
      parts.domains = [...new Set(choices.map((each) => (each?.values[0] ?? '').toLowerCase()))];
    } else {
      return null;
    }
  }
  const sound =
    parts.domains.every(isDomain) && (parts.pathPrefix === null || isPathPrefix(parts.pathPrefix));
  return sound ? parts : null;
}

function branches(rule: Rule, kind: 'and' | 'or'): Rule[] {
  return rule.kind === kind ? [...branches(rule.left, kind), ...branches(rule.right, kind)] : [rule];
}
