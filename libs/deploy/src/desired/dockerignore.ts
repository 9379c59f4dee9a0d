/**
 * Compiles the patterns of a `.dockerignore` as Docker's builder reads them: relative to the context, later lines win,
 * `!` takes back, `**` spans folders; a match of a folder covers what is in it.
 * @returns whether a path (relative, forward slashes) is left out of the context
 */
export function ignoredBy(text: string): (path: string) => boolean {
  const rules = text.split(/\r?\n/).flatMap((line) => {
    const trimmed = line.trim();
    if (trimmed === '' || trimmed.startsWith('#')) return [];
    const negated = trimmed.startsWith('!');
    const pattern = cleaned(negated ? trimmed.slice(1).trim() : trimmed);
    return pattern === ''
      ? []
      : [{ negated, matches: new RegExp(`^${toExpression(pattern)}(?:/.*)?$`, 's') }];
  });
  return (path) => {
    let ignored = false;
    for (const rule of rules)
      if (ignored === rule.negated && rule.matches.test(path)) ignored = !rule.negated;
    return ignored;
  };
}

function cleaned(pattern: string): string {
  const parts = pattern.split('/').filter((part) => part !== '' && part !== '.');
  return parts.join('/');
}

function toExpression(pattern: string): string {
  let expression = '';
  for (let index = 0; index < pattern.length; index += 1) {
    const char = pattern[index] ?? '';
    if (char === '*' && pattern[index + 1] === '*') {
      index += 1;
      if (pattern[index + 1] === '/') {
        index += 1;
        expression += '(?:.*/)?';
      } else expression += '.*';
    } else if (char === '*') expression += '[^/]*';
    else if (char === '?') expression += '[^/]';
    else if (char === '[') {
      const end = pattern.indexOf(']', index + 1);
      if (end < 0) expression += '\\[';
      else {
        expression += `[${pattern.slice(index + 1, end).replace(/\\/g, '\\\\')}]`;
        index = end;
      }
    } else if (char === '\\') {
      index += 1;
      expression += escaped(pattern[index] ?? '');
    } else expression += escaped(char);
  }
  return expression;
}

function escaped(char: string): string {
  return char.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}
