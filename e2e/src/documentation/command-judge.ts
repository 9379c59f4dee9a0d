import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { REPOSITORY } from '../harness/repository';
import type { TestWorkspace } from '../harness/workspace/workspace';
import { isPlaceholder, type DocumentedCommand } from './documented-commands';
import { NxOptions } from './nx-options';

/** Programs of the system that the documentation uses; a name that is not here is probably misspelt. */
const SYSTEM = new Set(
  'age-keygen apt cd echo export git journalctl mkdir mv printf rm sops systemctl umask usermod'.split(' '),
);
/** What npm does without a script. */
const OF_NPM = ['ci', 'create', 'install'];
const NO_ENGINE = { DOCKER_HOST: 'unix:///nonexistent/docker.sock' };
/** Need no engine and change nothing but generated files. */
const HARMLESS = ['generate', 'validate', 'plan', 'explain', 'topology'];

/** The workspace that commands are judged in: a checkout, or one that has the product installed. */
export interface JudgedWorkspace extends Pick<TestWorkspace, 'root' | 'nx' | 'itsup' | 'read'> {
  /** The scripts that `npm run` has there. */
  scripts: readonly string[];
}

/** The projects that the documentation speaks of, by file. */
export const PROJECTS: Readonly<Record<string, string>> = {
  'projects/blog/docker-compose.yml': 'services:\n  web:\n    image: nginx:1\n',
  'projects/blog/ingress.yml':
    'ingress:\n  - { service: web, domain: blog.example.com, port: 80 }\n' +
    '  - { service: web, router: tcp, port: 80, hostport: 5432, proxyprotocol: null }\n',
  'projects/hello/docker-compose.yml': 'services:\n  web:\n    image: traefik/whoami:v1.11.0\n',
  'projects/hello/ingress.yml': 'ingress:\n  - { service: web, domain: hello.localhost, port: 80 }\n',
};

/** Says of documented commands whether they exist, by the programs themselves. */
export class CommandJudge {
  private readonly nx: NxOptions;

  /** @param workspace one that has a project `blog` */
  constructor(private readonly workspace: JudgedWorkspace) {
    this.nx = new NxOptions(workspace, 'blog');
  }

  /** What is wrong with documented commands, each at its place; empty: nothing. */
  async problemsWith(commands: readonly DocumentedCommand[]): Promise<string[]> {
    const wrong: string[] = [];
    for (const command of commands) {
      const problem = await this.problemWith(command);
      if (problem !== null) wrong.push(`${command.place}: ${command.words.join(' ')}: ${problem}`);
    }
    return wrong;
  }

  /** What is wrong with a documented command; null: nothing. */
  async problemWith({ words, where }: Pick<DocumentedCommand, 'words' | 'where'>): Promise<string | null> {
    const [program = '', ...rest] = words;
    switch (program) {
      case 'npx':
        return rest[0] === 'nx' || rest[0] === 'itsup'
          ? this.problemWith({ words: rest, where })
          : `npx has no ${rest[0]} here`;
      case 'nx':
        // Nx brings a plugin into a workspace by itself.
        return rest[0] === 'add' ? null : this.nx.problemWith(rest);
      case 'itsup':
        return this.itsupProblem(rest);
      case 'npm':
        return this.npmProblem(rest, where);
      case 'node':
        return where === 'clone' && existsSync(join(REPOSITORY, rest[0] ?? ''))
          ? null
          : `there is no file ${rest[0]}`;
      default:
        return SYSTEM.has(program) ? null : `${program} is no command of this repository`;
    }
  }

  /** Runs each command that needs no engine and changes nothing; those that failed, and how many were run. */
  async runHarmless(
    commands: readonly DocumentedCommand[],
  ): Promise<{ failed: string[]; done: Set<string> }> {
    const failed: string[] = [];
    const done = new Set<string>();
    for (const { place, words } of commands) {
      const line = words.join(' ');
      const [, program, name = '', ...args] = words[0] === 'npx' ? words : ['npx', ...words];
      const isItsup = program === 'itsup' && HARMLESS.includes(name);
      const isNx = program === 'nx' && (line.includes('show project') || isHarmless([name, ...args]));
      if (!(isItsup || isNx) || words.some(isPlaceholder) || done.has(line)) continue;
      done.add(line);
      const run = await (isNx ? this.workspace.nx : this.workspace.itsup)([name, ...args], {
        env: NO_ENGINE,
      });
      if (run.exitCode !== 0) failed.push(`${place}: ${line}: ended with ${run.exitCode}:\n${run.all}`);
    }
    return { failed, done };
  }

  /** The command parses its own arguments: with `--help` it does no more than that. */
  private async itsupProblem([name = '', ...args]: string[]): Promise<string | null> {
    if (isPlaceholder(name)) return null;
    // Everything behind `svc` is Compose's, `--help` too.
    const { exitCode, all } = await this.workspace.itsup([name, ...(name === 'svc' ? [] : args), '--help']);
    return exitCode === 0 ? null : (all.split('\n')[0] ?? '');
  }

  private async npmProblem(
    [name = '', ...args]: string[],
    where: DocumentedCommand['where'],
  ): Promise<string | null> {
    const script = name === 'run' ? (args[0] ?? '') : name;
    const scripts = where === 'clone' ? await scriptsOfRepository() : this.workspace.scripts;
    return OF_NPM.includes(name) || scripts.includes(script) ? null : `npm has no script ${script}`;
  }
}

async function scriptsOfRepository(): Promise<string[]> {
  const text = await readFile(join(REPOSITORY, 'package.json'), 'utf8');
  return Object.keys((JSON.parse(text) as { scripts: object }).scripts);
}

function isHarmless([command, ...args]: string[]): boolean {
  if (command !== 'run-many') return false;
  const [flag, ...targets] = args;
  return flag === '-t' && targets.length > 0 && targets.every((target) => HARMLESS.includes(target));
}
