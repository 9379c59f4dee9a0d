import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { readWorkspaceFrom, type SourceTree } from '@itsup/config';
import { importProject, problemsAdded } from '@itsup/scaffold';
import type { GeneratorCallback, Tree } from '@nx/devkit';
import { isBad, orRefuse, printLines, printProblems, refusal, sourceTree, writeAll } from './workspace-tree';

export interface ImportSchema {
  file: string;
  name?: string;
  entryPoints?: string[];
  force?: boolean;
}

/** `nx g itsup:import`. */
export default async function importGenerator(tree: Tree, schema: ImportSchema): Promise<GeneratorCallback> {
  const files = sourceTree(tree);
  const path = resolve(process.cwd(), schema.file);
  const before = readWorkspaceFrom(files);
  const made = await orRefuse(() =>
    importProject(files, {
      path: insideOf(tree.root, path) ?? path,
      text: textAt(tree.root, files, path),
      env: textAt(tree.root, files, join(dirname(path), '.env')),
      name: schema.name,
      entryPoints: schema.entryPoints ?? [],
      settings: before.settings,
    }),
  );
  writeAll(tree, made.files);
  const after = readWorkspaceFrom(files);
  const problems = problemsAdded(before, after);
  if (isBad(problems) && !schema.force) throw refusal([...problems, FORCE]);
  printLines('Of the labels:', made.notes);
  printProblems(problems);
  return () => printLines(`projects/${made.name} is there. Next:`, made.next(after));
}

const FORCE = {
  code: 'import-refused',
  severity: 'note' as const,
  message: '--force writes the files all the same, to be mended there',
};

/** Text of a file, in the tree where it lies in the workspace; null when there is none. */
function textAt(root: string, files: SourceTree, path: string): string | null {
  const inside = insideOf(root, path);
  if (inside !== null) return files.read(inside);
  return existsSync(path) ? readFileSync(path, 'utf8') : null;
}

/** A path from the workspace root; null for one outside. */
function insideOf(root: string, path: string): string | null {
  const inside = relative(root, path);
  return inside.startsWith('..') ? null : inside;
}
