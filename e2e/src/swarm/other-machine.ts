import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { eventually } from '../harness/eventually';
import { REPOSITORY } from '../harness/repository';
import { output, run, succeeded, userEnvironment, type Run } from '../harness/run';

/** Another machine, beside the one that the tests run on: `other-engine.sh`. */
export interface OtherMachine {
  name: string;
  address: string;
  /** Where its engine answers, for `DOCKER_HOST`. */
  engine: string;
  /** Docker's CLI on that machine. */
  docker(...words: string[]): Promise<string>;
  /** A command line in a shell on that machine. */
  shell(line: string): Promise<Run>;
  /** Pulls the cable: nothing says goodbye to anybody. */
  unplug(): Promise<void>;
  plugIn(): Promise<void>;
  /** Ends it as a power cut would, and all that runs on it. */
  end(): Promise<void>;
}

/** Starts one; resolves when its engine answers. */
export async function startOtherMachine(name: string, number: number): Promise<OtherMachine> {
  const folder = await mkdtemp(join(tmpdir(), `itsup-${name}-`));
  const command = join(REPOSITORY, 'e2e/other-engine.sh');
  const process = spawn(command, [name, String(number), folder], { stdio: 'ignore' });
  const ended = once(process, 'exit');
  const engine = `unix://${folder}/docker.sock`;
  const env = userEnvironment({ DOCKER_HOST: engine });
  const link = async (state: 'up' | 'down'): Promise<void> => {
    await output('ip', ['link', 'set', `to-${name}`, state]);
  };
  const docker = (...words: string[]): Promise<string> => output('docker', words, { env });
  await eventually(() => docker('version', '--format', '{{.Server.Version}}'), { timeoutMs: 60_000 });
  return {
    ...{ name, address: `10.99.0.${number}`, engine, docker },
    shell: (line) => run('sh', ['-c', line], { env }),
    unplug: () => link('down'),
    plugIn: () => link('up'),
    end: async () => {
      process.kill('SIGKILL');
      await ended;
      succeeded(await run('ip', ['netns', 'delete', name]));
      await rm(folder, { recursive: true, force: true });
    },
  };
}
