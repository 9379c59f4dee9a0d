import type { CommandRunner } from '../process/command-runner';
import { DockerError } from '../fault/docker-error';
import type { Swarm } from './swarm';

/** What the CLI says to a command that it does not have, be it as a failure or as its help. */
const UNKNOWN_COMMAND = /is not a docker command|unknown command|^\s*Usage:\s+docker stack\b/im;

/** The swarm's commands of the CLI. */
export function swarmCommands(runner: CommandRunner): Swarm {
  return {
    readStackFile: async (text) => {
      const command = { args: ['stack', 'config', '--compose-file', '-'], input: text };
      const { exitCode, stdout, stderr } = await runner.attempt(command);
      if (UNKNOWN_COMMAND.test(stderr) || UNKNOWN_COMMAND.test(stdout)) return null;
      if (exitCode !== 0) throw new DockerError({ code: 'stack-invalid', reason: stderr.trim() });
      return { yaml: stdout, remarks: stderr.split('\n').filter((line) => line.trim() !== '') };
    },
  };
}
