import { compareText } from '@itsup/config';

import { namedVariables } from './child-environment';

/** A `${NAME}` of a Compose file. */
export interface VariableUse {
  name: string;
  /** `${NAME:?…}`, `${NAME?…}`: Compose refuses to go on without a value; the text after the mark. */
  required: string | null;
  /** `:?` does not take an empty value either. */
  nonEmpty: boolean;
  /** There is a default or an alternative, so nothing is missing. */
  hasDefault: boolean;
}

/** `$$` is a dollar sign; the operators are those of the Compose specification. */
const VARIABLE = /\$(?:\$|([A-Za-z_]\w*)|\{([A-Za-z_]\w*)(?:(:?[?+-])([^}]*))?)/g;

/** A name alone, as an item, a key without a value or a line of an env file: the value is passed on. */
const ALONE = /^\s*(?:-\s+)?["']?([A-Za-z_]\w*)["']?\s*(?::\s*(?:null|~)?)?\s*(?:\s#.*)?$/i;

/** `environment: [NAME]`, `args: {NAME: }`: items in flow style, on one line or several. */
const FLOW = /\b(?:environment|args)["']?\s*:\s*[[{]([^\]}]*)/g;

/** `environment: NAME` of a config or secret takes the value of a variable as its content. */
const CONTENT = /\benvironment\s*:\s*["']?([A-Za-z_]\w*)/g;

/**
 * Every variable that the text of a Compose or env file uses, those inside of defaults included; comments are not text.
 */
export function variableUsesIn(text: string): VariableUse[] {
  const uses: VariableUse[] = [];
  for (const line of text.split('\n')) if (line.includes('$')) inText(line.replace(/(^|\s)#.*$/, ''), uses);
  return uses;
}

function inText(text: string, uses: VariableUse[]): void {
  for (const [, bare, braced, operator, rest] of text.matchAll(VARIABLE)) {
    const name = bare ?? braced;
    if (name === undefined) continue;
    uses.push({
      name,
      required: operator?.endsWith('?') ? (rest ?? '') : null,
      nonEmpty: operator === ':?',
      hasDefault: operator !== undefined && !operator.endsWith('?'),
    });
    if (rest) inText(rest.endsWith('}') ? rest : `${rest}}`, uses);
  }
}

/**
 * Names of the variables whose values the files may depend on, sorted: more than they use rather than fewer, because a
 * value that nobody uses costs nothing and one that is missed leaves a change unnoticed. A word that is no name of the
 * caller's is left out where nothing says that it is a variable: it may be a value, and names are written down.
 *
 * @param env the caller's
 */
export function variableNamesIn(
  texts: readonly string[],
  env: Readonly<Record<string, string | undefined>> = {},
): string[] {
  const names = new Set(namedVariables(env, texts));
  for (const text of texts) {
    const uses: VariableUse[] = [];
    // With comments, because a quoted text may hold what looks like one.
    inText(text, uses);
    for (const use of uses) names.add(use.name);
    const flow = [...text.matchAll(FLOW)].flatMap(([, items = '']) => items.split(','));
    for (const line of [...text.split(/\r?\n|\r/), ...flow]) {
      const name = ALONE.exec(line.trim())?.[1];
      if (name !== undefined) names.add(name);
    }
    for (const [, name] of text.matchAll(CONTENT)) if (name !== undefined) names.add(name);
  }
  return [...names].sort(compareText);
}

/** What Compose sets itself, whatever the environment says. */
const SET_BY_COMPOSE: ReadonlySet<string> = new Set(['COMPOSE_PROJECT_NAME']);

/** Variables that have to be set and are not; one entry a name, in the order of the files. */
export function missingRequired(
  uses: VariableUse[],
  env: Readonly<Record<string, string | undefined>>,
): { name: string; message: string }[] {
  const missing = new Map<string, string>();
  for (const use of uses) {
    const value = env[use.name];
    if (
      use.required === null ||
      SET_BY_COMPOSE.has(use.name) ||
      (value !== undefined && !(use.nonEmpty && value === ''))
    )
      continue;
    if (!missing.has(use.name)) missing.set(use.name, use.required);
  }
  return [...missing].map(([name, message]) => ({ name, message }));
}

/** Names without a value and without a default: Compose puts nothing in their place. */
export function undefinedVariables(
  uses: VariableUse[],
  env: Readonly<Record<string, string | undefined>>,
): string[] {
  const names = uses.filter(
    ({ name, hasDefault, required }) =>
      !hasDefault && required === null && env[name] === undefined && !SET_BY_COMPOSE.has(name),
  );
  return [...new Set(names.map((use) => use.name))];
}
