import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { firstFiles, packageNameOf } from './first-files';
import { packedFiles } from './packed-files';

const USAGE = `Usage: npm create itsup <folder> [-- --examples] [-- --packed <folder>]

Makes a repository for a server: Nx and itsup installed, a folder for projects, a first commit.

  --examples         write the example projects too
  --packed <folder>  install from packed files (npm run pack) instead of a registry`;

/** Makes the repository; sets the exit code. */
export function main(): void {
  process.exitCode = create(process.argv.slice(2), process.cwd());
}

/** @returns the exit code: 0 done, 1 failed, 2 wrong usage */
export function create(argv: string[], cwd: string): number {
  const parsed = parse(argv);
  if (typeof parsed === 'string') {
    process.stderr.write(`create-itsup: ${parsed}\n\n${USAGE}\n`);
    return 2;
  }
  if (parsed.help) {
    process.stdout.write(`${USAGE}\n`);
    return 0;
  }
  const target = resolve(cwd, parsed.folder);
  if (existsSync(target) && readdirSync(target).length > 0) {
    process.stderr.write(
      `create-itsup: ${target} is not empty\n  help: name another folder; in an Nx workspace: npx nx add itsup\n`,
    );
    return 1;
  }
  mkdirSync(target, { recursive: true });
  const itsup = parsed.packed === undefined ? ownVersion() : packedFiles(resolve(cwd, parsed.packed));
  const files = firstFiles({ name: packageNameOf(basename(target)), itsup });
  for (const [path, text] of Object.entries(files)) writeFileSync(join(target, path), text);
  // Install scripts are not needed: nothing of what is installed is built here.
  const steps: [string, string[]][] = [
    ['npm', ['install', '--ignore-scripts', '--no-fund', '--no-audit']],
    [join(target, 'node_modules/.bin/nx'), ['g', 'itsup:repository', '--no-interactive']],
  ];
  for (const [command, args] of steps) {
    if (!ran(target, command, args)) {
      process.stderr.write(
        `create-itsup: ${basename(command)} ${args.join(' ')} failed in ${target}\n  help: mend it, and run the same there\n`,
      );
      return 1;
    }
  }
  const examples = join(__dirname, '../examples');
  if (parsed.examples && existsSync(examples)) {
    cpSync(examples, join(target, 'projects'), { recursive: true, force: false });
  }
  commit(target);
  process.stdout.write(
    `\n${target} is ready. Next:\n  cd ${parsed.folder}\n  npx nx g itsup:project\n  npm start\n`,
  );
  return 0;
}

interface Parsed {
  folder: string;
  examples: boolean;
  packed: string | undefined;
  help: boolean;
}

function parse(argv: string[]): Parsed | string {
  try {
    const { values, positionals } = parseArgs({
      args: argv,
      allowPositionals: true,
      options: {
        examples: { type: 'boolean' },
        packed: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
    const [folder, more] = positionals;
    if (values.help !== true && folder === undefined)
      return 'it needs the name of a folder: npm create itsup my-server';
    if (more !== undefined) return `"${more}" is one argument too many`;
    return {
      folder: folder ?? '',
      examples: values.examples === true,
      packed: values.packed,
      help: values.help === true,
    };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** All packages are of one version. */
function ownVersion(): string {
  const text = readFileSync(join(__dirname, '../package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

function ran(cwd: string, command: string, args: string[]): boolean {
  const env = { ...process.env, NX_DAEMON: 'false' };
  return spawnSync(command, args, { cwd, env, stdio: 'inherit' }).status === 0;
}

/** A first commit, where git is there and the folder is in no repository yet. */
function commit(cwd: string): void {
  const git = (...args: string[]): boolean => spawnSync('git', args, { cwd, stdio: 'ignore' }).status === 0;
  if (spawnSync('git', ['rev-parse'], { cwd: dirname(cwd), stdio: 'ignore' }).status === 0) return;
  if (git('init', '--quiet', '--initial-branch=main') && git('add', '--all'))
    git('commit', '--quiet', '--message', 'Start');
}
