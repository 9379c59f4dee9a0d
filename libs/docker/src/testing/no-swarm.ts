import { DockerError } from '../fault/docker-error';
import type { Swarm } from '../swarm/swarm';

/** An engine that is in no swarm, with a CLI that has no judge of stack files. Swarms are tested on real engines. */
export function noSwarm(): Swarm {
  const refuse = (): Promise<never> =>
    Promise.reject(
      new DockerError({
        code: 'command-failed',
        command: 'docker',
        exitCode: 1,
        stderr: 'This node is not a swarm manager.',
      }),
    );
  return {
    readStackFile: () => Promise.resolve(null),
    state: () => Promise.resolve({ state: 'inactive', isManager: false, nodeId: '', address: '', error: '' }),
    init: refuse,
    joinCommand: refuse,
    listNodes: refuse,
    listServices: refuse,
    listTasks: refuse,
    listFiles: refuse,
    setAvailability: refuse,
    setNodeLabel: refuse,
    createFile: refuse,
    removeFile: refuse,
    deployStack: refuse,
    setServiceLabels: refuse,
    removeStack: refuse,
    createOverlay: refuse,
    logs: refuse,
    showLogs: refuse,
  };
}
