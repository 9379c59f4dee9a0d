/** The variables of an `.env` file: `NAME=value`, quotes taken off. */
export function parseEnvFile(text: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const line of text.split('\n')) {
    const [, name = '', value = ''] = /^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (name === '') continue;
    const quoted = /^(['"])(.*?)\1(?:\s+#.*)?$/.exec(value)?.[2];
    found.set(name, quoted ?? value.replace(/\s+#.*$/, ''));
  }
  return found;
}

const VARIABLE = /\$\$|\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)(?::?-([^}]*))?\})/g;

/** Nothing but a variable, with no value of its own to fall back on. */
const SOLE = /^\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)(?::?\?[^}]*)?\})$/;

/**
 * A value as Compose hands it on: variables as the `.env` file has them, or with the default that is written, `$$` as a
 * dollar sign.
 *
 * @returns the text, the variables that were put in, whether some could not be, and the one that the text is all of.
 */
export function expand(
  text: string,
  variables: ReadonlyMap<string, string>,
): { value: string; used: Map<string, string>; isOpen: boolean; sole: string | null } {
  const used = new Map<string, string>();
  let isOpen = false;
  const value = text.replace(VARIABLE, (all, plain?: string, braced?: string, standard?: string) => {
    const name = plain ?? braced;
    if (name === undefined) return '$';
    const known = variables.get(name) ?? standard;
    if (known === undefined) isOpen = true;
    else used.set(name, known);
    return known ?? all;
  });
  // `${NAME:?message}` and the like are left.
  const isLeft = text.replace(VARIABLE, '').includes('${');
  const [, plain, braced] = SOLE.exec(text) ?? [];
  return { value, used, isOpen: isOpen || isLeft, sole: plain ?? braced ?? null };
}
