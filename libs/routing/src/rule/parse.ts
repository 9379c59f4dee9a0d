import { matcherNamed, type RuleKind } from './matchers';
import { isTooLargeToCompare } from './regexp';
import { RuleError, scanRule, type RuleFlaw, type Token } from './scan';

/** A rule as Traefik understands it. `&&` binds tighter than `||`, both group to the left. */
export type Rule =
  | { kind: 'and' | 'or'; left: Rule; right: Rule }
  | { kind: 'not'; rule: Rule }
  | { kind: 'matcher'; name: string; values: string[] };

/** Deeper nesting is refused: no rule needs it, and a parser's stack is not endless. */
const maxDepth = 100;

/** More matchers are refused: everything that walks a rule goes as deep as it has operators. */
const maxMatchers = 1000;

/** What Traefik takes in a rule and our parser does not: comments, numeric escapes, a comma or dots before `)`. */
const BEYOND = /\/\/|\/\*|\\[0-7xX]|,\s*\)|\.\.\./;

/** A rule with more matchers than `maxMatchers` is longer. */
const LONG = 10_000;

/** Whether Traefik may read a rule that `parseRule` refuses. */
export function isBeyondParser(rule: string): boolean {
  return rule.length > LONG || BEYOND.test(rule) || isTooLargeToCompare(rule);
}

/**
 * Parses a rule of Traefik v3 and checks its matchers: names, number of values, and the values themselves.
 * It accepts a subset of what Traefik does (`isBeyondParser`),
 * so a rule that passes here is never a router in error there.
 */
export function parseRule(text: string, kind: RuleKind): { rule: Rule } | { flaw: RuleFlaw } {
  try {
    const parser = new Parser(scanRule(text), kind);
    return { rule: parser.parse() };
  } catch (error) {
    if (error instanceof RuleError) return { flaw: { message: error.message, offset: error.offset } };
    throw error;
  }
}

class Parser {
  private next = 0;
  private depth = 0;
  private matchers = 0;

  constructor(
    private readonly tokens: Token[],
    private readonly kind: RuleKind,
  ) {}

  parse(): Rule {
    const rule = this.either();
    while (this.peek().kind === 'break') this.next += 1;
    const rest = this.peek();
    if (this.tokens[this.next - 1]?.kind === 'break' && rest.kind !== 'end') {
      throw new RuleError(
        'a line break ends the rule: put the operator at the end of the line, not at the start',
        rest.at,
      );
    }
    if (rest.kind !== 'end') throw new RuleError(`expected && or || instead of ${nameOf(rest)}`, rest.at);
    return rule;
  }

  private either(): Rule {
    let left = this.both();
    while (this.peek().kind === '||') {
      this.next += 1;
      left = { kind: 'or', left, right: this.both() };
    }
    return left;
  }

  private both(): Rule {
    let left = this.unary();
    while (this.peek().kind === '&&') {
      this.next += 1;
      left = { kind: 'and', left, right: this.unary() };
    }
    return left;
  }

  private unary(): Rule {
    const token = this.take();
    if ((this.depth += 1) > maxDepth) throw new RuleError(`nested more than ${maxDepth} deep`, token.at);
    try {
      if (token.kind === '!') return { kind: 'not', rule: this.unary() };
      if (token.kind === '(') {
        const rule = this.either();
        this.close('expected ) or an operator');
        return rule;
      }
      if (token.kind === 'name') return this.matcher(token.text, token.at);
      throw new RuleError(
        `expected a matcher such as Host(\`example.com\`) instead of ${nameOf(token)}`,
        token.at,
      );
    } finally {
      this.depth -= 1;
    }
  }

  private matcher(text: string, at: number): Rule {
    const matcher = matcherNamed(text, this.kind);
    if ('message' in matcher) throw new RuleError(matcher.message, at);
    if ((this.matchers += 1) > maxMatchers) throw new RuleError(`more than ${maxMatchers} matchers`, at);
    const open = this.take();
    if (open.kind !== '(') throw new RuleError(`${text} needs its value in parentheses`, open.at);
    const values: string[] = [];
    if (this.peek().kind === ')') throw new RuleError(`${text} has no value`, at);
    do {
      const token = this.take();
      if (token.kind !== 'string')
        throw new RuleError(`expected a value in backticks instead of ${nameOf(token)}`, token.at);
      values.push(token.value);
    } while (this.skip(','));
    this.close(`expected ) after the value of ${text}`);
    const flaw = matcher.check(values);
    if (flaw !== null) throw new RuleError(`${matcher.name}: ${flaw}`, at);
    return { kind: 'matcher', name: matcher.name, values };
  }

  private close(message: string): void {
    const token = this.take();
    if (token.kind !== ')') throw new RuleError(`${message} instead of ${nameOf(token)}`, token.at);
  }

  private skip(kind: ','): boolean {
    if (this.peek().kind !== kind) return false;
    this.next += 1;
    return true;
  }

  private peek(): Token {
    const token = this.tokens[Math.min(this.next, this.tokens.length - 1)];
    if (token === undefined) throw new RuleError('the rule is empty', 0);
    return token;
  }

  private take(): Token {
    const token = this.peek();
    this.next += 1;
    return token;
  }
}

function nameOf(token: Token): string {
  if (token.kind === 'end') return 'the end';
  if (token.kind === 'break') return 'a line break';
  if (token.kind === 'string') return 'a value';
  return token.kind === 'name' ? token.text : token.kind;
}
