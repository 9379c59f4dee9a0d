import { firstFiles } from 'create-itsup';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PROJECTS, CommandJudge } from '../documentation/command-judge';
import { commandsOf, documentedCommands, type DocumentedCommand } from '../documentation/documented-commands';
import { messageSources, quotedMessages } from '../documentation/quoted-messages';
import { REPOSITORY } from '../harness/repository';
import { createWorkspace, type TestWorkspace } from '../harness/workspace/workspace';

/** Each command is a process of its own. */
const SLOW_MS = 600_000;

let workspace: TestWorkspace;
let judge: CommandJudge;
let commands: DocumentedCommand[];

/** With the projects that the documentation speaks of. */
beforeAll(async () => {
  workspace = await createWorkspace();
  for (const [path, text] of Object.entries(PROJECTS)) await workspace.write(path, text);
  await workspace.commit('Add the blog');
  const made = JSON.parse(firstFiles({ name: 'server', itsup: '1.2.3' })['package.json'] ?? '') as {
    scripts: object;
  };
  judge = new CommandJudge({ ...workspace, scripts: Object.keys(made.scripts) });
  commands = await documentedCommands();
});
afterAll(() => workspace.dispose());

it(
  'tells no command and no flag that does not exist',
  async () => {
    expect(await judge.problemsWith(commands)).toEqual([]);
    expect(commands.length).toBeGreaterThan(60);
  },
  SLOW_MS,
);

it('would notice a wrong one', async () => {
  const text = [
    '```sh',
    'npx nx run-many -t validat',
    'npx nx run-many -t deploy --pul  # a comment',
    'npx nx deploi blog && npx itsup plan',
    'sudo env "PATH=$PATH" npx itsup bootstrap --usr me',
    'nxp nx graph',
    'node tools/create-itsup/bin/create-itsup.js server',
    '```',
    '```sh clone',
    'npm run pack',
    'node tools/create-itsup/bin/create-itsup.js server',
    '```',
    '```console',
    '$ npx itsup plna',
    'npx itsup says this',
    '```',
    'Type `npx itsup aply`, `npx nx affected -t deploy --bse=<commit>`, `npx nx g itsup:nothing` or `npm run bild`.',
    '`npx nx logs blog --follow` and `npx itsup <command> --help` are right.',
  ].join('\n');
  const problems = await Promise.all(commandsOf('x.md', text).map((command) => judge.problemWith(command)));
  expect(problems).toEqual([
    'there is no target validat',
    'there is no option --pul',
    'there is no target deploi',
    null,
    expect.stringContaining("Unknown option '--usr'"),
    'nxp is no command of this repository',
    'there is no file tools/create-itsup/bin/create-itsup.js',
    null,
    null,
    expect.stringContaining('there is no command "plna"'),
    expect.stringContaining('there is no command "aply"'),
    'there is no option --bse',
    'there is no generator itsup:nothing',
    'npm has no script bild',
    null,
    null,
  ]);
});

it(
  'tells commands that work, without an engine where they need none',
  async () => {
    const { failed, done } = await judge.runHarmless(commands);
    expect(failed).toEqual([]);
    expect(done.size).toBeGreaterThan(12);
  },
  SLOW_MS,
);

it('quotes messages as the code has them', async () => {
  const sources = await messageSources();
  const quoted = quotedMessages(await readFile(join(REPOSITORY, 'docs/troubleshooting.md'), 'utf8'));
  const unknown = quoted.filter(
    (parts) => !sources.some((text) => parts.every((part) => text.includes(part))),
  );
  expect(unknown).toEqual([]);
  expect(quoted.length).toBeGreaterThan(15);
});
