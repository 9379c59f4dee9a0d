/**
 * Every command of the README and of `docs/` in a repository that has the product installed, and nothing of a checkout.
 * Run by `node tools/release/test-packed.mjs documentation`, which makes the repository and names it in
 * ITSUP_PACKED_REPOSITORY.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { PROJECTS, CommandJudge } from '../documentation/command-judge';
import { documentedCommands, type DocumentedCommand } from '../documentation/documented-commands';
import { run, userEnvironment, type Run, type RunOptions } from '../harness/run';

const SLOW_MS = 900_000;

let judge: CommandJudge;
let commands: DocumentedCommand[];

beforeAll(async () => {
  const root = process.env['ITSUP_PACKED_REPOSITORY'];
  if (root === undefined) throw new Error('ITSUP_PACKED_REPOSITORY names no repository: see the first lines');
  for (const [path, text] of Object.entries(PROJECTS)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  const command =
    (name: string) =>
    (args: string[], options: RunOptions = {}): Promise<Run> =>
      run(join(root, 'node_modules/.bin', name), args, {
        ...options,
        cwd: root,
        env: userEnvironment({ ITSUP_STATE: `${root}.state`, ...options.env }),
      });
  const read = (path: string): Promise<string> => readFile(join(root, path), 'utf8');
  const { scripts } = JSON.parse(await read('package.json')) as { scripts: object };
  judge = new CommandJudge({
    ...{ root, nx: command('nx'), itsup: command('itsup') },
    ...{ read, scripts: Object.keys(scripts) },
  });
  commands = (await documentedCommands()).filter(({ where }) => where === 'repository');
});

it(
  'has every command and flag that the documentation tells',
  async () => {
    expect(await judge.problemsWith(commands)).toEqual([]);
    expect(commands.length).toBeGreaterThan(60);
  },
  SLOW_MS,
);

it(
  'runs those that need no engine',
  async () => {
    const { failed, done } = await judge.runHarmless(commands);
    expect(failed).toEqual([]);
    expect(done.size).toBeGreaterThan(12);
  },
  SLOW_MS,
);
