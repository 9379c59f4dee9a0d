import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  commandsOf,
  documentedCommands,
  isPlaceholder,
  type DocumentedCommand,
} from '../documentation/documented-commands';
import { NxOptions } from '../documentation/nx-options';
import { messageSources, quotedMessages } from '../documentation/quoted-messages';
import { REPOSITORY } from '../harness/repository';
import { createWorkspace, type TestWorkspace } from '../harness/workspace/workspace';

/** Programs of the system that the documentation uses; a name that is not here is probably misspelt. */
const SYSTEM =
  'age-keygen apt cd export git journalctl mkdir mv printf rm sops systemctl umask usermod'.split(' ');
/** What npm does without a script. */
const OF_NPM = ['ci', 'create', 'install'];
const NO_ENGINE = { DOCKER_HOST: 'unix:///nonexistent/docker.sock' };
/** Need no engine and change nothing but generated files. */
const HARMLESS = ['generate', 'validate', 'plan', 'explain', 'topology'];

/** Each command is a process of its own. */
const SLOW_MS = 600_000;

let workspace: TestWorkspace;
let nx: NxOptions;
let commands: DocumentedCommand[];

/** With the projects that the documentation speaks of. */
beforeAll(async () => {
  workspace = await createWorkspace();
  await workspace.write('projects/blog/docker-compose.yml', 'services:\n  web:\n    image: nginx:1\n');
  await workspace.write(
    'projects/blog/ingress.yml',
    'ingress:\n  - { service: web, domain: blog.example.com, port: 80 }\n' +
      '  - { service: web, router: tcp, port: 80, hostport: 5432, proxyprotocol: null }\n',
  );
  await workspace.commit('Add the blog');
  nx = new NxOptions(workspace, 'blog');
  commands = await documentedCommands();
});
afterAll(() => workspace.dispose());

/** What is wrong with a documented command; null: nothing. */
async function problemWith(words: string[]): Promise<string | null> {
  const [program = '', ...rest] = words;
  switch (program) {
    case 'npx':
      return rest[0] === 'nx' || rest[0] === 'itsup' ? problemWith(rest) : `npx has no ${rest[0]} here`;
    case 'nx':
      // Nx brings a plugin into a workspace by itself.
      return rest[0] === 'add' ? null : nx.problemWith(rest);
    case 'node':
      return existsSync(join(REPOSITORY, rest[0] ?? '')) ? null : `there is no file ${rest[0]}`;
    case 'itsup':
      return itsupProblem(rest);
    case 'npm':
      return npmProblem(rest);
    default:
      return SYSTEM.includes(program) ? null : `${program} is no command of this repository`;
  }
}

/** The command parses its own arguments: with `--help` it does no more than that. */
async function itsupProblem([name = '', ...args]: string[]): Promise<string | null> {
  if (isPlaceholder(name)) return null;
  // Everything behind `svc` is Compose's, `--help` too.
  const { exitCode, all } = await workspace.itsup([name, ...(name === 'svc' ? [] : args), '--help']);
  return exitCode === 0 ? null : (all.split('\n')[0] ?? '');
}

async function npmProblem([name = '', ...args]: string[]): Promise<string | null> {
  const at = args.indexOf('-w');
  const folder = at < 0 ? '' : (args[at + 1] ?? '').replace(/^@itsup\//, 'libs/');
  const text = await readFile(join(REPOSITORY, folder, 'package.json'), 'utf8');
  const { scripts } = JSON.parse(text) as { scripts: Record<string, string> };
  const script = name === 'run' ? (args[0] ?? '') : name;
  if (OF_NPM.includes(name) || script in scripts) return null;
  // Of a repository that `npm create itsup` makes.
  const made = await readFile(join(REPOSITORY, 'tools/create-itsup/src/first-files.ts'), 'utf8');
  return new RegExp(`\\b${script}: 'itsup `).test(made) ? null : `npm has no script ${script}`;
}

it(
  'tells no command and no flag that does not exist',
  async () => {
    const wrong: string[] = [];
    for (const { place, words } of commands) {
      const problem = await problemWith(words);
      if (problem !== null) wrong.push(`${place}: ${words.join(' ')}: ${problem}`);
    }
    expect(wrong).toEqual([]);
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
    '```',
    'Type `npx itsup aply`, `npx nx affected -t deploy --bse=<commit>`, `npx nx g itsup:nothing` or `npm run bild`.',
    '`npx nx logs blog --follow` and `npx itsup <command> --help` are right.',
  ].join('\n');
  const problems = await Promise.all(commandsOf('x.md', text).map(({ words }) => problemWith(words)));
  expect(problems).toEqual([
    'there is no target validat',
    'there is no option --pul',
    'there is no target deploi',
    null,
    expect.stringContaining("Unknown option '--usr'"),
    'nxp is no command of this repository',
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
    const failed: string[] = [];
    const done = new Set<string>();
    for (const { place, words } of commands) {
      const line = words.join(' ');
      const [, program, name = '', ...args] = words[0] === 'npx' ? words : ['npx', ...words];
      const isItsup = program === 'itsup' && HARMLESS.includes(name);
      const isNx = program === 'nx' && (line.includes('show project') || isHarmless([name, ...args]));
      if (!(isItsup || isNx) || words.some(isPlaceholder) || done.has(line)) continue;
      done.add(line);
      const run = await (isNx ? workspace.nx : workspace.itsup)([name, ...args], { env: NO_ENGINE });
      if (run.exitCode !== 0) failed.push(`${place}: ${line}: ended with ${run.exitCode}:\n${run.all}`);
    }
    expect(failed).toEqual([]);
    expect(done.size).toBeGreaterThan(12);
  },
  SLOW_MS,
);

function isHarmless([command, ...args]: string[]): boolean {
  if (command !== 'run-many') return false;
  const [flag, ...targets] = args;
  return flag === '-t' && targets.length > 0 && targets.every((target) => HARMLESS.includes(target));
}

it('quotes messages as the code has them', async () => {
  const sources = await messageSources();
  const quoted = quotedMessages(await readFile(join(REPOSITORY, 'docs/troubleshooting.md'), 'utf8'));
  const unknown = quoted.filter(
    (parts) => !sources.some((text) => parts.every((part) => text.includes(part))),
  );
  expect(unknown).toEqual([]);
  expect(quoted.length).toBeGreaterThan(15);
});
