import { UserError } from '@itsup/config';

/**
 * One assignment: a value in double quotes (escapes), in single quotes (as it is), or the rest of the line; quoted ones
 * may span lines. A quote that something other than a comment follows is part of the value.
 */
const ASSIGNMENT =
  /(?:export[^\S\n]+)?([A-Za-z_]\w*)[^\S\n]*=[^\S\n]*(?:"((?:[^"\\]|\\[^])*)"(?=[^\S\n]*(?:#[^\n]*)?(?:\n|$))|'([^']*)'(?=[^\S\n]*(?:#[^\n]*)?(?:\n|$))|([^\n]*))[^\n]*/y;

/** Blank, a comment, or a name alone, which Compose takes from the environment. */
const NOTHING = /[^\S\n]*(?:#[^\n]*|[A-Za-z_]\w*[^\S\n]*)?(?=\n|$)/y;

const ESCAPES: Record<string, string> = { n: '\n', r: '\r', t: '\t' };

/**
 * Variables of a secrets file. As in Compose's env files a `#` begins a comment only after a space (`node:util`'s
 * parseEnv would cut `pa#ss` to `pa`), but nothing is interpolated: a `$` of a password is a dollar sign.
 * @param file how to call it in a message, which never shows the line itself
 * @throws UserError for a line that is no assignment
 */
export function parseVariables(text: string, file: string): Record<string, string> {
  const source = text.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n');
  const variables: Record<string, string> = {};
  let at = 0;
  while (at < source.length) {
    const start = at + (/^[^\S\n]*/.exec(source.slice(at))?.[0].length ?? 0);
    ASSIGNMENT.lastIndex = start;
    NOTHING.lastIndex = at;
    const found = ASSIGNMENT.exec(source);
    if (found !== null) {
      const [, name = '', double, single, rest = ''] = found;
      if (double === undefined && single === undefined && opensQuote(rest))
        throw open(file, lineOf(source, at));
      variables[name] =
        double !== undefined ? unescaped(double) : (single ?? rest.replace(/(^|\s)#.*$/, '').trim());
      at = ASSIGNMENT.lastIndex + 1;
    } else if (NOTHING.test(source)) {
      at = NOTHING.lastIndex + 1;
    } else {
      throw malformed(file, lineOf(source, at));
    }
  }
  return variables;
}

/** A value that begins with a quote and has no other one of its kind: what it was to hold nobody knows. */
function opensQuote(value: string): boolean {
  const [quote = ''] = value;
  return (quote === '"' || quote === "'") && !value.slice(1).includes(quote);
}

function lineOf(source: string, at: number): number {
  return source.slice(0, at).split('\n').length;
}

function unescaped(text: string): string {
  return text.replace(/\\([nrt"\\$])/g, (_, character: string) => ESCAPES[character] ?? character);
}

function open(file: string, line: number): UserError {
  return new UserError({
    code: 'secrets-malformed',
    severity: 'error',
    message: `${file}:${line} opens a quote that nothing closes`,
    help: 'close it; a value that begins with a quote goes into quotes of the other kind',
  });
}

function malformed(file: string, line: number): UserError {
  return new UserError({
    code: 'secrets-malformed',
    severity: 'error',
    message: `${file}:${line} is no NAME=value`,
    help: 'put a value of several lines in double quotes, and a remark behind #',
  });
}
