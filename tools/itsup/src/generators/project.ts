import { readWorkspaceFrom, UserError } from '@itsup/config';
import {
  newProject,
  problemsAdded,
  questionsFor,
  type ProjectOptions,
  type SaidOptions,
} from '@itsup/scaffold';
import type { GeneratorCallback, Tree } from '@nx/devkit';
import { asker, type Ask } from './ask';
import { isBad, orRefuse, printLines, printProblems, refusal, sourceTree, writeAll } from './workspace-tree';

/** As Nx reads the command: what is not said is asked. */
export type ProjectSchema = SaidOptions & { gallery?: string };

/** `nx g itsup:project`. */
export default async function project(tree: Tree, schema: ProjectSchema): Promise<GeneratorCallback> {
  const terminal = asker(process.argv, process.env, process.stdin.isTTY && process.stdout.isTTY);
  return writeProject(tree, schema, terminal?.ask ?? null);
}

/** The same, asking through `ask` what is not said; null: what is not said is refused. */
export async function writeProject(
  tree: Tree,
  schema: ProjectSchema,
  ask: Ask | null,
): Promise<GeneratorCallback> {
  const files = sourceTree(tree);
  const made = await orRefuse(async () => {
    const { gallery, ...options } = await complete(schema, ask, (said) => questionsFor(files, said));
    const named: ProjectOptions = { ...options, name: options.name ?? '' };
    return { ...newProject(files, { options: named, gallery }), name: named.name };
  });
  const before = readWorkspaceFrom(files);
  writeAll(tree, made.files);
  const problems = problemsAdded(before, readWorkspaceFrom(files));
  if (isBad(problems)) throw refusal(problems);
  printProblems(problems);
  return () => printLines(`projects/${made.name} is there. Next:`, made.next);
}

/** What was said so far is not lost: as a command that asks for the rest. */
function stopped(said: ProjectSchema): Error {
  const flags = Object.entries(said).flatMap(([name, value]) =>
    name === 'name' || value === undefined ? [] : [`--${name}=${value}`],
  );
  const command = ['npx nx g itsup:project', ...(said.name === undefined ? [] : [said.name]), ...flags].join(
    ' ',
  );
  return new UserError({
    code: 'stopped',
    severity: 'note',
    message: 'stopped before everything was said',
    help: `go on with: ${command}`,
  });
}

/** One question after the other, as long as there is one. */
async function complete(
  schema: ProjectSchema,
  ask: Ask | null,
  questions: (said: ProjectSchema) => ReturnType<typeof questionsFor>,
): Promise<ProjectSchema> {
  const said = { ...schema };
  for (let [next] = questions(said); ask && next; [next] = questions(said)) {
    const answer = await ask(next);
    if (answer === null) throw stopped(said);
    const flaw = next.check(answer);
    if (flaw !== null) throw new UserError({ code: 'answer', severity: 'error', message: flaw });
    Object.assign(said, next.answer(answer));
  }
  return said;
}
