import type { ComposeModel } from '@itsup/docker';

import { byCodeUnit } from '../sort';

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

const WITH_BRACES = /\$(?:\$|\{([A-Za-z_][A-Za-z0-9_]*)(?:(:?[?+-])([^}]*))?)/g;
const BARE = /\$(?:\$|([A-Za-z_][A-Za-z0-9_]*))/g;

/** Every variable that a value of the uninterpolated model uses, defaults' own included. `$$` is a dollar sign. */
export function variablesIn(value: unknown): VariableUse[] {
  const uses: VariableUse[] = [];
  visit(value, uses);
  return uses;
}

function visit(value: unknown, uses: VariableUse[]): void {
  if (typeof value === 'string') inText(value, uses);
  else if (Array.isArray(value)) for (const item of value) visit(item, uses);
  else if (value !== null && typeof value === 'object')
    for (const item of Object.values(value)) visit(item, uses);
}

function inText(text: string, uses: VariableUse[]): void {
  if (!text.includes('$')) return;
  for (const [, name, operator, rest] of text.matchAll(WITH_BRACES)) {
    if (name === undefined) continue;
    uses.push({
      name,
      required: operator?.endsWith('?') ? (rest ?? '') : null,
      nonEmpty: operator === ':?',
      hasDefault: operator !== undefined && !operator.endsWith('?'),
    });
    if (rest) inText(rest.endsWith('}') ? rest : `${rest}}`, uses);
  }
  for (const [, name] of text.matchAll(BARE)) {
    if (name !== undefined) uses.push({ name, required: null, nonEmpty: false, hasDefault: false });
  }
}

/** Variables that have to be set and are not; one entry a name, sorted as they come in the file. */
export function missingRequired(
  uses: VariableUse[],
  env: Readonly<Record<string, string | undefined>>,
): { name: string; message: string }[] {
  const missing = new Map<string, string>();
  for (const use of uses) {
    const value = env[use.name];
    if (use.required === null || (value !== undefined && !(use.nonEmpty && value === ''))) continue;
    if (!missing.has(use.name)) missing.set(use.name, use.required);
  }
  return [...missing].map(([name, message]) => ({ name, message }));
}

/** Names without a value and without a default: Compose puts nothing in their place. */
export function undefinedVariables(
  uses: VariableUse[],
  env: Readonly<Record<string, string | undefined>>,
): string[] {
  const names = uses.filter((use) => !use.hasDefault && use.required === null && env[use.name] === undefined);
  return [...new Set(names.map((use) => use.name))];
}

/**
 * Names whose values the model depends on: the variables it uses, and the ones it passes on by name alone
 * (`environment: [TOKEN]`, `secrets: {x: {environment: TOKEN}}`).
 */
export function namesOf(model: ComposeModel, uses: VariableUse[]): string[] {
  const names = new Set(uses.map((use) => use.name));
  for (const service of Object.values(model.services)) {
    for (const values of [service.environment, service.build?.args]) {
      for (const [name, value] of Object.entries(values ?? {})) if (value === null) names.add(name);
    }
  }
  for (const object of [...Object.values(model.configs ?? {}), ...Object.values(model.secrets ?? {})]) {
    if (object.environment !== undefined) names.add(object.environment);
  }
  return [...names].sort(byCodeUnit);
}
