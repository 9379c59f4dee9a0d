import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command, CommandRunner } from '../process/command-runner';
import { DockerError } from '../fault/docker-error';
import type { Host } from './host';
import { printable } from '../process/printable';
import { createRedactor } from '../process/redact';

/** A key service may be far away. */
const DECRYPT_SECONDS = 30;

export function hostCommands(runner: CommandRunner): Host {
  return {
    decrypt: (root, file) => decrypt(runner, root, file),

    runHook: async ({ command, input, env, timeoutSeconds }) => {
      const result = await runner.attempt({
        program: 'sh',
        args: ['-c', command],
        title: 'the command of alert.command',
        input,
        env,
        timeoutSeconds,
      });
      const redact = createRedactor({ ...runner.settings.env, ...env });
      return { exitCode: result.exitCode, lastLine: redact(printable(lastLine(result.all))) };
    },

    installablePackages: async (names) => {
      const { stdout } = await runner.run(program('apt-cache', ['policy', ...names]));
      return Object.fromEntries(
        names.flatMap((name) => {
          const version = candidateOf(stdout, name);
          return version === null ? [] : [[name, version] as const];
        }),
      );
    },
    refreshPackageLists: async () => {
      await runner.run(apt(['update']));
    },
    installPackages: async (names) => {
      await runner.run(apt(['install', '--yes', '--no-install-recommends', ...names]));
    },

    reloadUnits: async () => {
      await runner.run(program('systemctl', ['daemon-reload']));
    },
    unitState: async (unit) => {
      const properties = 'LoadState,UnitFileState,ActiveState,NextElapseUSecRealtime';
      const { stdout } = await runner.run(program('systemctl', ['show', unit, `--property=${properties}`]));
      const value = (name: string): string => new RegExp(`^${name}=(.*)$`, 'm').exec(stdout)?.[1] ?? '';
      return {
        present: value('LoadState') === 'loaded',
        enabled: value('UnitFileState').startsWith('enabled'),
        active: value('ActiveState') === 'active',
        nextElapse: value('NextElapseUSecRealtime') || null,
      };
    },
    enableUnit: async (unit, { now = false } = {}) => {
      await runner.run(program('systemctl', ['enable', ...(now ? ['--now'] : []), unit]));
    },
    restartUnit: async (unit) => {
      await runner.run(program('systemctl', ['restart', unit]));
    },
    disableUnit: async (unit) => {
      const command = program('systemctl', ['disable', '--now', unit]);
      const result = await runner.attempt(command);
      if (result.exitCode === 0 || /does not exist|not loaded|No such file/.test(result.stderr)) return;
      throw runner.failure(command, result);
    },
  };
}

async function decrypt(runner: CommandRunner, root: string, file: string): Promise<string> {
  // The ending says nothing: SOPS writes `.txt` as JSON unless it is told otherwise.
  const format = /^\s*\{/.test(await readFile(join(root, file), 'utf8')) ? 'binary' : 'dotenv';
  const result = await runner
    .attempt({
      program: 'sops',
      args: ['--decrypt', '--input-type', format, '--output-type', format, file],
      title: 'sops --decrypt',
      cwd: root,
      timeoutSeconds: DECRYPT_SECONDS,
    })
    .catch((error: unknown) => {
      throw DockerError.is(error, 'docker-missing') ? new DockerError({ code: 'sops-missing', file }) : error;
    });
  if (result.exitCode === 0) return result.stdout;
  // Its standard output may hold plain text; what went wrong is on the other stream.
  const redact = createRedactor(runner.settings.env);
  throw new DockerError({ code: 'decryption-failed', file, reason: redact(firstLine(result.stderr)) });
}

function program(name: string, args: string[]): Command {
  // What it prints is read, so it has to be English.
  return { program: name, args, title: [name, args[0]].join(' '), env: { LC_ALL: 'C' } };
}

/** Another package manager may be at work, as on a fresh machine that updates itself. */
function apt(args: string[]): Command {
  return {
    ...program('apt-get', ['-o', 'DPkg::Lock::Timeout=300', ...args]),
    title: `apt-get ${args[0]}`,
    env: { LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive' },
    timeoutSeconds: null,
    progress: true,
  };
}

/** `apt-cache policy` prints nothing for a name it does not know, and `(none)` for one that only others mention. */
function candidateOf(policy: string, name: string): string | null {
  const lines = policy.split('\n');
  const candidate = /^ {2}Candidate: (.+)$/.exec(lines[lines.indexOf(`${name}:`) + 2] ?? '')?.[1];
  return lines.includes(`${name}:`) && candidate !== undefined && candidate !== '(none)' ? candidate : null;
}

function firstLine(text: string): string {
  return text.trim().split('\n')[0]?.trim() || 'sops printed no reason';
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1)?.trim() ?? '';
}
