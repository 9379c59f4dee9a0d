import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import {
  COMPOSE_FILES,
  COMPOSE_OVERRIDE_FILES,
  problemsOf,
  readWorkspaceFrom,
  type Problem,
  type SourceTree,
  type Workspace,
} from '@itsup/config';
import {
  importProject,
  missingMiddlewares,
  problemsAdded,
  withSkeleton,
  type ImportedProject,
} from '@itsup/scaffold';
import type { GeneratorCallback, Tree } from '@nx/devkit';
import {
  isBad,
  orRefuse,
  prefixOf,
  printLines,
  printProblems,
  refusal,
  sourceTree,
  writeAll,
} from './workspace-tree';

export interface ImportSchema {
  file: string;
  name?: string;
  entryPoints?: string[];
  middlewares?: boolean;
  force?: boolean;
}

const MIDDLEWARES = 'projects/middlewares.yml';

/** `nx g itsup:import`: of one Compose file, or of every one in the folders of a folder. */
export default async function importGenerator(tree: Tree, schema: ImportSchema): Promise<GeneratorCallback> {
  const path = resolve(process.cwd(), schema.file);
  const stacks = statSync(path, { throwIfNoEntry: false })?.isDirectory() === true ? stacksIn(path) : null;
  return stacks === null ? importOne(tree, path, schema) : importAll(tree, path, stacks, schema);
}

async function importOne(tree: Tree, path: string, schema: ImportSchema): Promise<GeneratorCallback> {
  const files = sourceTree(tree);
  const before = readWorkspaceFrom(files);
  const made = await orRefuse(() => imported(tree, files, path, before, schema));
  writeAll(tree, made.files);
  const { after, problems, notes } = judged(tree, files, before, [made], schema);
  if (isBad(problems) && !schema.force) throw refusal([...problems, FORCE]);
  printLines('Of the labels:', [...made.notes, ...notes]);
  printProblems(problems);
  return () => printLines(`projects/${made.name} is there. Next:`, made.next(after));
}

/** Each stack by itself: one that cannot be brought in keeps no other out. One report for all. */
function importAll(
  tree: Tree,
  folder: string,
  stacks: readonly string[],
  schema: ImportSchema,
): GeneratorCallback {
  if (stacks.length === 0)
    throw refusal([
      flaw('no-file', `no folder in ${folder} has a Compose file`, 'Name the folder of the stacks.'),
    ]);
  const files = sourceTree(tree);
  const before = readWorkspaceFrom(files);
  const made: ImportedProject[] = [];
  const left: string[] = [];
  for (const stack of stacks) {
    try {
      const project = imported(tree, files, stack, before, { ...schema, name: undefined });
      writeAll(tree, project.files);
      made.push(project);
    } catch (error) {
      left.push(
        `${relative(folder, stack)}: ${problemsOf(error)
          .map(({ message, help }) => (help === undefined ? message : `${message}. ${help}`))
          .join('; ')}`,
      );
    }
  }
  if (made.length === 0) throw refusal(left.map((message) => flaw('not-imported', message)));
  const { after, problems, notes } = judged(tree, files, before, made, schema);
  if (isBad(problems) && !schema.force)
    throw refusal([...problems, ...left.map((message) => leftNote(message)), FORCE]);
  printLines(`${made.length} of ${stacks.length} stacks are brought in:`, [
    ...made.flatMap(({ name, notes: told }) => [`projects/${name}`, ...told.map((note) => `  ${note}`)]),
    ...notes,
  ]);
  printLines('Left where they are:', left);
  printProblems(problems);
  return () =>
    made.forEach((project) => printLines(`projects/${project.name} is there. Next:`, project.next(after)));
}

function imported(
  tree: Tree,
  files: SourceTree,
  path: string,
  { settings }: Workspace,
  schema: ImportSchema,
): ImportedProject {
  const root = join(tree.root, prefixOf(tree));
  const beside = (name: string): string => join(dirname(path), name);
  const override = COMPOSE_OVERRIDE_FILES.map((file) => ({
    file,
    text: textAt(root, files, beside(file)),
  }));
  const [written] = override.flatMap(({ file, text }) => (text === null ? [] : [{ file, text }]));
  return importProject(files, {
    ...{ path: insideOf(root, path) ?? path, text: textAt(root, files, path) },
    ...{ env: textAt(root, files, beside('.env')), override: written, settings },
    ...{ name: schema.name, entryPoints: schema.entryPoints ?? [] },
  });
}

/** What is wrong with the workspace now, with stand-ins for missing middlewares where they were asked for. */
function judged(
  tree: Tree,
  files: SourceTree,
  before: Workspace,
  made: readonly ImportedProject[],
  { middlewares }: ImportSchema,
): { after: Workspace; problems: Problem[]; notes: string[] } {
  // The Traefik of the file goes, so its ports are this one's: a note says that it has to be removed.
  const own = new Set(made.flatMap(({ name, traefiks }) => traefiks.map((each) => `${name}:${each}`)));
  const isOwnTraefik = ({ code, subject = '' }: Problem): boolean =>
    code === 'hostport-conflict' && own.has(subject);
  const added = (): { after: Workspace; problems: Problem[] } => {
    const after = readWorkspaceFrom(files);
    const problems = problemsAdded(before, after).map((problem): Problem =>
      isOwnTraefik(problem) ? { ...problem, severity: 'warning' } : problem,
    );
    return { after, problems };
  };
  const first = added();
  const missing = missingMiddlewares(first.problems);
  if (missing.length === 0) return { ...first, notes: [] };
  const names = missing.map(({ name, uses }) => `${name} (${uses.length})`).join(', ');
  if (!middlewares) {
    const others = first.problems.filter(({ code }) => code !== 'unknown-middleware');
    const told = flaw(
      'unknown-middleware',
      `the rows name middlewares that are not there: ${names}`,
      `define them in ${MIDDLEWARES}, or have stand-ins written that let nobody in: --middlewares`,
    );
    return { after: first.after, problems: [told, ...others], notes: [] };
  }
  tree.write(prefixOf(tree) + MIDDLEWARES, withSkeleton(files.read(MIDDLEWARES), missing));
  return {
    ...added(),
    notes: [`${MIDDLEWARES} has stand-ins that let nobody in, to be defined: ${names}`],
  };
}

const FORCE = {
  code: 'import-refused',
  severity: 'note' as const,
  message: '--force writes the files all the same, to be mended there',
};

function leftNote(message: string): Problem {
  return { code: 'not-imported', severity: 'note', message: `would be left where it is: ${message}` };
}

function flaw(code: string, message: string, help?: string): Problem {
  return { code, severity: 'error', message, ...(help === undefined ? {} : { help }) };
}

/** The Compose files of a folder's folders, and of the folder itself; each where Compose would look first. */
function stacksIn(folder: string): string[] {
  const folders = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map(({ name }) => join(folder, name))
    .sort();
  return [folder, ...folders].flatMap(
    (each) => COMPOSE_FILES.map((file) => join(each, file)).find((file) => existsSync(file)) ?? [],
  );
}

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
