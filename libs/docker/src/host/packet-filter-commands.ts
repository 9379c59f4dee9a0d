import type { ChildResult } from '../process/child';
import type { CommandRunner } from '../process/command-runner';
import type { Docker } from '../docker';
import { DockerError } from '../fault/docker-error';
import { parseSavedRules, restoreInput, type SavedRule } from './iptables-rules';
import type { AddressFamily, PacketFilter, PacketFilterOptions, PacketFilterResult } from './packet-filter';

const PROGRAMS: Record<AddressFamily, string> = { ipv4: 'iptables', ipv6: 'ip6tables' };
/** Another program may hold the lock of the packet filter for a moment; Docker does. */
const LOCK_SECONDS = 10;

type Unavailable = Extract<PacketFilterResult, { available: false }>;

type Execute = (
  program: string,
  args: string[],
  input?: string,
) => Promise<Pick<ChildResult, 'stdout' | 'stderr'> & { exitCode: number }>;

/** Finds a way to the packet filter of the engine's host, or says why there is none. */
export async function findPacketFilter(
  docker: Pick<Docker, 'engine' | 'run' | 'inspectImages'>,
  runner: CommandRunner,
  isRoot: boolean,
  options: PacketFilterOptions,
): Promise<PacketFilterResult> {
  const engine = await docker.engine();
  if (engine.location === 'remote') {
    return unavailable(
      'remote-engine',
      `The engine runs on another host (${engine.endpoint}).`,
      'Deploy on that host.',
    );
  }
  if (engine.location === 'virtual-machine') {
    return unavailable(
      'virtual-machine',
      `The engine runs in a virtual machine (${engine.operatingSystem}).`,
      'Install Docker Engine on the host itself.',
    );
  }
  if (engine.rootless) {
    return unavailable('rootless', 'The engine runs without root.', 'Use an engine that runs as root.');
  }
  if (isRoot) return probe('host', onHost(runner));
  const helperImage = await options.helperImage?.();
  if (helperImage === undefined || !(await docker.inspectImages([helperImage])).has(helperImage)) {
    return unavailable(
      'no-helper-image',
      `This user is not root, and the engine lacks the image${helperImage ? ` ${helperImage}` : ''} to act as root with.`,
      helperImage ? `Run "docker pull ${helperImage}", or deploy as root.` : 'Deploy as root.',
    );
  }
  return probe('helper', throughHelper(docker, helperImage));
}

/** Root's own commands. */
function onHost(runner: CommandRunner): Execute {
  return (program, args, input) => runner.attempt({ program, args, input, title: program });
}

/** The host's commands, in the host's namespaces, through a privileged container. */
function throughHelper(docker: Pick<Docker, 'run'>, image: string): Execute {
  return async (program, args, input) =>
    docker.run(
      {
        image,
        entrypoint: 'nsenter',
        command: ['-t', '1', '-m', '-n', program, ...args],
        // Some images run as another user, who may enter no namespace.
        user: '0',
        privileged: true,
        pid: 'host',
        network: 'none',
      },
      { input, timeoutSeconds: 60 },
    );
}

async function probe(via: PacketFilter['via'], execute: Execute): Promise<PacketFilterResult> {
  const all: AddressFamily[] = ['ipv4', 'ipv6'];
  const refusals = await Promise.all(all.map((family) => probeFamily(execute, family)));
  const families = all.filter((_, index) => refusals[index] === null);
  const refusal = refusals.find((answer) => answer !== null);
  if (refusal && !families.includes('ipv4')) return refusal;
  return { available: true, filter: createFilter(via, families, execute) };
}

/** null: it works. */
async function probeFamily(execute: Execute, family: AddressFamily): Promise<Unavailable | null> {
  const program = PROGRAMS[family];
  const install = 'Install the package iptables.';
  try {
    const result = await execute(program, ['-w', String(LOCK_SECONDS), '-t', 'nat', '-S', 'PREROUTING']);
    if (result.exitCode === 0) return null;
    if (/can't execute|failed to execute|not found/i.test(result.stderr) && result.exitCode >= 126) {
      return unavailable('not-installed', `The host has no ${program}.`, install);
    }
    const reason = result.stderr.trim().split('\n').at(-1) ?? '';
    return unavailable('denied', `${program} refuses: ${reason}`, 'Deploy as root, outside of a container.');
  } catch (error) {
    if (DockerError.is(error, 'docker-missing')) {
      return unavailable('not-installed', `The host has no ${program}.`, install);
    }
    // An engine may be kept from starting privileged containers.
    if (DockerError.is(error, 'command-failed')) {
      return unavailable(
        'denied',
        `The engine refuses a helper container: ${error.message}`,
        'Deploy as root.',
      );
    }
    throw error;
  }
}

function createFilter(via: PacketFilter['via'], families: AddressFamily[], execute: Execute): PacketFilter {
  const saved = async (family: AddressFamily): Promise<SavedRule[]> => {
    const program = `${PROGRAMS[family]}-save`;
    return parseSavedRules((await succeed(execute, program, [])).stdout, family);
  };
  return {
    via,
    families,
    list: async (prefix) => {
      const rules = (await Promise.all(families.map(saved))).flat();
      return rules.filter((rule) => rule.comment.startsWith(prefix)).map(({ line: _, ...rule }) => rule);
    },
    apply: async (changes) => {
      const wanted = new Set(changes.map((change) => change.rule.family));
      for (const family of wanted) {
        if (!families.includes(family))
          throw failed(PROGRAMS[family], null, `this host has no ${family} packet filter`);
        const input = restoreInput(changes, family, await saved(family));
        if (input === null) continue;
        await succeed(execute, `${PROGRAMS[family]}-restore`, ['--noflush', `--wait=${LOCK_SECONDS}`], input);
      }
    },
  };
}

async function succeed(execute: Execute, program: string, args: string[], input?: string) {
  const result = await execute(program, args, input);
  if (result.exitCode !== 0) throw failed(program, result.exitCode, result.stderr);
  return result;
}

function failed(command: string, exitCode: number | null, stderr: string): DockerError {
  return new DockerError({ code: 'command-failed', command, exitCode, stderr });
}

function unavailable(code: Unavailable['code'], reason: string, help: string): Unavailable {
  return { available: false, code, reason, help };
}
