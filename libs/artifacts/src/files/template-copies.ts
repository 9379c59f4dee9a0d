import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suggest, UserError, type Problem } from '@itsup/config';
import { originLine, originOf, shippedFile, templateFile, withoutOrigin } from './shipped-templates';
import { PAGE_TEMPLATE_NAMES, TEMPLATE_NAMES, TOPOLOGY_TEMPLATE_NAMES } from './templates';

/** Every template that a workspace can have of its own. */
export const COPIED_NAMES: readonly string[] = [
  ...TEMPLATE_NAMES,
  ...TOPOLOGY_TEMPLATE_NAMES,
  ...PAGE_TEMPLATE_NAMES,
];

/** Where the text is kept that a copy was made of, for a merge: beside the copies, in git. */
export function originalFile(name: string): string {
  return templateFile(`.originals/${name}`);
}

/** A template as it ships, and what a copy of it begins with. */
export interface Shipped {
  name: string;
  text: string;
  digest: string;
}

/** @throws UserError naming the one that was meant */
export function shippedTemplate(given: string): Shipped {
  const name = given.replace(/^templates\//, '').replace(/\.eta$/, '');
  if (!COPIED_NAMES.includes(name)) {
    const meant = suggest(name, COPIED_NAMES);
    throw new UserError({
      code: 'no-template',
      severity: 'error',
      message: `there is no template "${given}"`,
      help: meant === undefined ? `there are: ${COPIED_NAMES.join(', ')}` : `did you mean ${meant}?`,
    });
  }
  const text = readFileSync(shippedFile(templateFile(name)), 'utf8');
  return { name, text, digest: digestOf(text) };
}

/**
 * The files of a new copy, by path: the copy with its origin, and its original.
 * @param version of the product
 */
export function copyOf(
  { name, text, digest }: Shipped,
  version: string,
  body: string = text,
): Map<string, string> {
  const origin = originLine({ name, version, digest });
  return new Map([
    [templateFile(name), origin + body],
    [originalFile(name), text],
  ]);
}

/** A copy in a workspace. */
export interface TemplateCopy {
  name: string;
  file: string;
  /** Without its first line. */
  text: string;
  /** Version of the product that it was made of; null: its first line does not say. */
  version: string | null;
  /** The original has changed since. */
  isBehind: boolean;
}

/** All templates that the workspace has of its own. */
export function templateCopies(root: string): TemplateCopy[] {
  if (!existsSync(join(root, 'templates')) || readdirSync(join(root, 'templates')).length === 0) return [];
  return COPIED_NAMES.flatMap((name) => {
    const file = templateFile(name);
    if (join(root, file) === shippedFile(file) || !existsSync(join(root, file))) return [];
    const text = readFileSync(join(root, file), 'utf8');
    const origin = originOf(text);
    const isBehind = origin !== null && origin.digest !== shippedTemplate(name).digest;
    return [{ name, file, text: withoutOrigin(text), version: origin?.version ?? null, isBehind }];
  });
}

/** A warning for each copy whose original changed since it was made. */
export function copyProblems(root: string): Problem[] {
  return templateCopies(root).flatMap(({ name, file, version, isBehind }) =>
    isBehind
      ? [
          {
            code: 'template-behind',
            severity: 'warning' as const,
            message: `${file} is of itsup ${version ?? 'unknown'}, and the template has changed since`,
            help: `itsup template diff ${name} shows what changed, itsup template merge ${name} takes it in`,
            place: { file, line: 1, column: 1 },
          },
        ]
      : [],
  );
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
