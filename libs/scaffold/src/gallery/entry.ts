import { UserError, type SourceTree } from '@itsup/config';
import { parse } from 'yaml';
import { z } from 'zod';

/** Where the entries are, one folder each, from the workspace root. */
export const GALLERY = 'templates/projects';

/** The entry that is made of any image, instead of an application that the gallery knows. */
export const OWN_IMAGE = 'image';

/** What a project may be told besides its name. */
export const OPTION_NAMES = ['domain', 'image', 'port', 'host', 'database', 'data', 'media'] as const;

export type OptionName = (typeof OPTION_NAMES)[number];

/** An option that an entry takes. */
const option = z.strictObject({
  /** Taken when nothing is said. */
  default: z.union([z.string(), z.number()]).optional(),
  /** The project does without it. */
  optional: z.boolean().default(false),
  /** What tests and the documentation put there. */
  sample: z.union([z.string(), z.number()]).optional(),
});

export type EntryOption = z.output<typeof option>;

/** `entry.yml`: what an entry of the gallery is. */
const entrySchema = z.strictObject({
  title: z.string(),
  /** One sentence that ends with a full stop. */
  about: z.string(),
  options: z.partialRecord(z.enum(OPTION_NAMES), option),
});

/** One folder of the gallery. */
export interface Entry extends z.output<typeof entrySchema> {
  name: string;
  /** Sources of its templates by their path in the project's folder, without `.eta`. */
  templates: Record<string, string>;
}

/** What is printed after an entry was written; it is no file of the project. */
export const NEXT_STEPS = 'next.txt';

/** Names of the entries, the one for any image among them, sorted. */
export function entryNames(tree: SourceTree): string[] {
  return tree
    .list(GALLERY)
    .filter((name) => tree.read(`${GALLERY}/${name}/entry.yml`) !== null)
    .sort();
}

/**
 * Reads one entry.
 * @throws UserError when there is none of that name, or its description is wrong.
 */
export function readEntry(tree: SourceTree, name: string): Entry {
  const file = `${GALLERY}/${name}/entry.yml`;
  const text = /^[a-z0-9-]+$/.test(name) ? tree.read(file) : null;
  if (text === null) {
    const known = entryNames(tree).filter((each) => each !== OWN_IMAGE);
    throw new UserError({
      code: 'unknown-entry',
      severity: 'error',
      message: `the gallery has no \`${name}\``,
      help: `It has ${known.join(', ')}; for anything else give --image.`,
    });
  }
  const checked = entrySchema.safeParse(parse(text));
  if (!checked.success) {
    throw new UserError({
      code: 'entry-invalid',
      severity: 'error',
      message: `${file} cannot be used: ${z.prettifyError(checked.error)}`,
      help: 'Compare it with its neighbours.',
      place: { file, line: 1, column: 1 },
    });
  }
  return { name, ...checked.data, templates: templatesBelow(tree, `${GALLERY}/${name}`, '') };
}

function templatesBelow(tree: SourceTree, folder: string, prefix: string): Record<string, string> {
  return Object.fromEntries(
    tree
      .list(folder)
      .sort()
      .flatMap((name) => {
        const path = `${folder}/${name}`;
        const text = name.endsWith('.eta') ? tree.read(path) : null;
        if (text !== null) return [[prefix + name.slice(0, -'.eta'.length), text]];
        return Object.entries(templatesBelow(tree, path, `${prefix}${name}/`));
      }),
  );
}
