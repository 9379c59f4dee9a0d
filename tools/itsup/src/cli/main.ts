import { printableWithColours } from '@itsup/docker/printable';
import { parseArgs } from 'node:util';
import { readBuildState } from '../build/build-state';
import { ownVersion } from '../build/own-package';
import { findWorkspace, type ItsupWorkspace } from '../workspace/find-workspace';
import { wantsColor } from '../terminal/wants-color';
import { EXIT, type Command, type CommandInput } from './command';
import { explain } from './commands/explain';
import { bootstrap } from './commands/bootstrap';
import { certificates } from './commands/certificates';
import { completion } from './commands/completion';
import { doctor } from './commands/doctor';
import { apply, deploy, generate, validate } from './commands/pipeline';
import { maintenance } from './commands/maintenance';
import { nightly } from './commands/nightly';
import { down, prune, restart, rollback } from './commands/operate';
import { history } from './commands/history';
import { images } from './commands/images';
import { logs, svc } from './commands/passthrough';
import { plan } from './commands/plan';
import { start } from './commands/start';
import { state } from './commands/state';
import { status } from './commands/status';
import { swarm } from './commands/swarm';
import { template } from './commands/template';
import { topology } from './commands/topology';
import { helpOf, overview } from './help';

const COMMANDS: ReadonlyMap<string, Command> = new Map(
  Object.entries({
    start,
    apply,
    generate,
    validate,
    plan,
    deploy,
    status,
    explain,
    topology,
    template,
    certificates,
    images,
    logs,
    svc,
    restart,
    history,
    rollback,
    down,
    prune,
    maintenance,
    state,
    swarm,
    doctor,
    bootstrap,
    nightly,
    completion: completion(() => COMMANDS),
  }),
);

/** What people ask for by the words of Compose, of itsUP and of other tools, and what does it here. */
const ELSEWHERE: ReadonlyMap<string, string> = new Map([
  ['import', 'npx nx g itsup:import <docker-compose.yml or folder>'],
  ['create', 'npx nx g itsup:project'],
  ['new', 'npx nx g itsup:project'],
  ['add', 'npx nx g itsup:project'],
  ['init', 'npx nx g itsup:init, in an Nx workspace; a workspace of its own: npm create itsup <folder>'],
  ['backup', 'itsup state backup >itsup-state.tar'],
  ['restore', 'itsup state restore <itsup-state.tar'],
  ['run', 'itsup start'],
  ['up', 'itsup deploy'],
  ['ps', 'itsup status'],
  ['ls', 'itsup status'],
  ['projects', 'itsup status'],
  ['exec', 'itsup svc <project> exec <service> <command>'],
  ['stop', 'itsup down <project>'],
  ['rm', 'itsup down <project>; of a folder that is gone: itsup prune'],
  ['pull', 'itsup deploy --pull'],
  ['upgrade', 'npm install -DE itsup@<version>, then itsup plan'],
  ['proxy', 'a stack: itsup deploy proxy, itsup restart proxy, itsup logs proxy'],
  ['dns', 'a service of the proxy: itsup restart proxy dns, itsup logs proxy dns'],
]);

/** The `itsup` command: everything of the process is read here and passed on. */
export function main(): void {
  void run(process.argv.slice(2), findWorkspace(process.env, process.cwd())).then((code) => {
    process.exitCode = code;
  });
}

const NO_WORKSPACE =
  'no nx.json here or above names the plugin itsup, and ITSUP_ROOT names no such workspace\n' +
  '  help: change into one, or make one: npm create itsup my-server; in an Nx workspace: npx nx add itsup';

/** Runs the command that the arguments name; resolves with the exit code. */
export async function run(argv: readonly string[], workspace: ItsupWorkspace | null): Promise<number> {
  const { env, stdin, stdout, stderr } = process;
  const print = (text: string): void => void stdout.write(printableWithColours(`${text}\n`));
  const tell = (text: string): void => void stderr.write(printableWithColours(`${text}\n`));
  const [name, ...rest] = argv;
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    print(overview(COMMANDS));
    return name === undefined ? EXIT.usage : EXIT.ok;
  }
  if (name === '--version' || name === '-v' || name === 'version') {
    print(`itsup ${ownVersion()}`);
    return EXIT.ok;
  }
  const command = COMMANDS.get(name);
  if (command === undefined) {
    const { suggest } = await import('@itsup/config');
    const elsewhere = ELSEWHERE.get(name);
    const meant = suggest(name, COMMANDS.keys());
    const help =
      elsewhere !== undefined
        ? `that is ${elsewhere}`
        : meant === undefined
          ? 'itsup --help lists them'
          : `did you mean itsup ${[meant, ...rest].join(' ')}?`;
    tell(`itsup: there is no command "${name}"\n  help: ${help}`);
    return EXIT.usage;
  }
  const parsed = parse(command, rest);
  if (typeof parsed === 'string') {
    tell(`itsup ${name}: ${parsed}\n\n${helpOf(name, command)}`);
    return EXIT.usage;
  }
  if (parsed.flags.help === true) {
    print(helpOf(name, command));
    return EXIT.ok;
  }
  if (workspace === null) {
    tell(`itsup: ${NO_WORKSPACE}`);
    return EXIT.failed;
  }
  const { nxRoot, root, settings } = workspace;
  const build = readBuildState(nxRoot);
  const refusal = build.refusal ?? settings.flaw;
  if (refusal !== null && command.examines !== true) {
    tell(`itsup: ${refusal}`);
    return EXIT.failed;
  }
  const color = wantsColor(env, stdout.isTTY);
  try {
    return await command.run({
      root,
      workspace,
      env,
      cwd: process.cwd(),
      color,
      stdin,
      stdout,
      print,
      tell,
      ...parsed,
    });
  } catch (error) {
    const { formatProblems, problemsOf } = await import('@itsup/config');
    tell(formatProblems(problemsOf(error), { color }).trimEnd());
    return EXIT.failed;
  }
}

/** Words and flags, or what is wrong with them. */
function parse(command: Command, args: string[]): Pick<CommandInput, 'words' | 'flags'> | string {
  if (command.passesOn === true && !['--help', '-h'].includes(args[0] ?? '')) {
    return checked(command, args, {});
  }
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        help: { type: 'boolean', short: 'h' },
        ...Object.fromEntries(
          Object.entries(command.options ?? {}).map(([name, { type, short }]) => [
            name,
            short === undefined ? { type } : { type, short },
          ]),
        ),
      },
    });
    const flags = values as CommandInput['flags'];
    return flags.help === true ? { words: positionals, flags } : checked(command, positionals, flags);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function checked(
  { words: { min, max }, missing }: Command,
  words: string[],
  flags: CommandInput['flags'],
): Pick<CommandInput, 'words' | 'flags'> | string {
  if (words.length < min) {
    if (missing !== undefined) return missing;
    return min === 1 ? 'it needs a project' : 'it needs a project and what to run';
  }
  return words.length > max ? `"${words[max]}" is one argument too many` : { words, flags };
}
