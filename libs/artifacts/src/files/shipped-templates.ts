import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { SourceTree } from '@itsup/config';

/** `templates/` as it ships: in the package, and in the product's sources at the top of the repository. */
const FOLDER =
  [join(__dirname, '../../templates'), join(__dirname, '../../../../templates')].find((folder) =>
    existsSync(join(folder, 'proxy')),
  ) ?? '';

/** The template's file, relative to the workspace root. */
export function templateFile(name: string): string {
  return `templates/${name}.eta`;
}

/** The file that ships for a path that begins with `templates/`. */
export function shippedFile(path: string): string {
  return join(FOLDER, path.slice('templates/'.length));
}

/**
 * The workspace with what ships in `templates/` below it: its own file wins, file by file. Everything else is the
 * workspace's alone.
 */
export function withShippedTemplates(tree: SourceTree): SourceTree {
  const ships = (path: string): boolean => path.startsWith('templates/') && !path.includes('..');
  return {
    list: (folder) => {
      if (!ships(folder)) return tree.list(folder);
      return [...new Set([...tree.list(folder), ...entriesOf(shippedFile(folder))])].sort();
    },
    read: (file) => tree.read(file) ?? (ships(file) ? textOf(shippedFile(file)) : null),
  };
}

function entriesOf(folder: string): string[] {
  return statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true ? readdirSync(folder) : [];
}

function textOf(file: string): string | null {
  return statSync(file, { throwIfNoEntry: false })?.isFile() === true ? readFileSync(file, 'utf8') : null;
}

/** The first line of a template that was copied out says of which one it is: no part of the text. */
const ORIGIN = /^<%\/\* itsup template ([\w./-]+) of itsup (\S+), ([0-9a-f]{16}) \*\/%>\r?\n/;

/** Of which template a copy is. */
export interface Origin {
  name: string;
  /** Version of the product. */
  version: string;
  /** Of the original's text. */
  digest: string;
}

/** What a copy's first line says; null: it is no copy, or was made by hand. */
export function originOf(text: string): Origin | null {
  const [, name, version, digest] = ORIGIN.exec(text) ?? [];
  return name === undefined || version === undefined || digest === undefined
    ? null
    : { name, version, digest };
}

/** That first line. */
export function originLine({ name, version, digest }: Origin): string {
  return `<%/* itsup template ${name} of itsup ${version}, ${digest} */%>\n`;
}

/** The text of a copy that is a template. */
export function withoutOrigin(text: string): string {
  return text.replace(ORIGIN, '');
}
