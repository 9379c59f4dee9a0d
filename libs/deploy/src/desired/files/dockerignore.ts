import { UserError } from '@itsup/config';

import { compileGlob, type Glob } from './glob';

/**
 * Compiles the patterns of a `.dockerignore` as Docker's builder reads them: relative to the context, later lines win,
 * `!` takes back, `**` spans folders; a match of a folder covers what is in it.
 * @param file how to call it in a message
 * @returns whether a path (relative, forward slashes) is left out of the context
 * @throws UserError for a pattern that the builder refuses too
 */
export function ignoredBy(text: string, file = '.dockerignore'): (path: string) => boolean {
  const rules = text.split(/\r?\n/).flatMap((line, index) => {
    const trimmed = line.trim();
    if (trimmed === '' || trimmed.startsWith('#')) return [];
    const negated = trimmed.startsWith('!');
    const pattern = cleaned(negated ? trimmed.slice(1).trim() : trimmed);
    return pattern === '' ? [] : [{ negated, matches: compiled(pattern, `${file}:${index + 1}`) }];
  });
  return (path) => {
    let ignored = false;
    for (const rule of rules) if (ignored === rule.negated && rule.matches(path)) ignored = !rule.negated;
    return ignored;
  };
}

function compiled(pattern: string, where: string): Glob {
  const glob = compileGlob(pattern);
  if (glob !== null) return glob;
  throw new UserError({
    code: 'dockerignore-pattern',
    severity: 'error',
    message: `${where}: \`${pattern}\` is no pattern, and the builder refuses it`,
    help: 'correct it; a range goes from the lower to the higher character: [a-z]',
  });
}

function cleaned(pattern: string): string {
  const parts = pattern.split('/').filter((part) => part !== '' && part !== '.');
  return parts.join('/');
}
