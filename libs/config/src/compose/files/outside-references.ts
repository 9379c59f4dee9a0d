import { posix } from 'node:path';

/** What ends a path in YAML or in a bind's short form. */
const BETWEEN_PATHS = /[\s"':,;#[\]{}]+/;

/** An absolute path, or one with characters of a pattern or of a variable. */
const NO_RELATIVE_PATH = /^[/~]|[$*?!()|\\]/;

function isRelative(path: string): boolean {
  return !NO_RELATIVE_PATH.test(path);
}

/**
 * What a Compose file's text names outside the project's folder, whichever attribute it stands in: binds, contexts,
 * configs, env files. From the text alone, because Nx asks for it at every command; naming too much costs nothing.
 *
 * @returns paths from the workspace root, files and folders, sorted; none outside the workspace
 */
export function outsideReferences(text: string, folder: string): string[] {
  const found = new Set<string>();
  if (!text.includes('../')) return [];
  const words = text.split(BETWEEN_PATHS);
  // A Dockerfile's path resolves in its context.
  const contexts = words.filter((_, index) => words[index - 1] === 'context');
  const bases = new Set([
    folder,
    ...contexts.filter(isRelative).map((context) => posix.join(folder, context)),
  ]);
  for (const path of words) {
    if (!path.includes('../') || !isRelative(path)) continue;
    for (const base of bases) {
      const target = posix.join(base, path).replace(/\/$/, '');
      const isElsewhere = target !== folder && !target.startsWith(`${folder}/`);
      const isInside = target !== '.' && !target.startsWith('..') && !folder.startsWith(`${target}/`);
      if (isElsewhere && isInside) found.add(target);
    }
  }
  return [...found].sort();
}
