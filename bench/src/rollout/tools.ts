import { join } from 'node:path';
import { rolloutSteps, type DeployRecord } from '@itsup/deploy';
import { newestRecord } from '@itsup/e2e/newest-record';
import { run, succeeded, userEnvironment, type Run } from '@itsup/e2e/run';
import type { TestWorkspace } from '@itsup/e2e/workspace';

/** A way to bring a changed service onto the engine. */
export interface Tool {
  name: string;
  /** What has to be there before the command is run; its time does not count. */
  prepare(app: string): Promise<void>;
  /** The command that a person types. */
  deploy(app: string): Promise<Run>;
  /**
   * Seconds that the rollout itself took in the last deploy, requests under way at the old container not waited for.
   */
  rollout(app: string, command: number): Promise<number>;
}

/** Ours: everything from the sources on. */
export function itsup(workspace: TestWorkspace): Tool {
  return {
    name: 'itsup apply',
    prepare: async () => undefined,
    deploy: async (app) => succeeded(await workspace.itsup(['apply', app])),
    rollout: async (app) => rolloutTime(await newestRecord(workspace.state, app)),
  };
}

/** The same artifact, by Compose alone. */
export function composeUp(workspace: TestWorkspace): Tool {
  return onArtifact(workspace, '`docker compose up -d`', ['docker', 'compose'], ['up', '-d']);
}

/**
 * @param script path of the original script, which is a plugin of the docker command: its first argument is the
 * plugin's name
 */
export function dockerRollout(workspace: TestWorkspace, script: string): Tool {
  return onArtifact(workspace, 'docker-rollout', ['sh', script, 'rollout'], ['web']);
}

function onArtifact(workspace: TestWorkspace, name: string, command: string[], args: string[]): Tool {
  const [file = '', ...before] = command;
  return {
    name,
    prepare: async (app) => void succeeded(await workspace.nx(['run', `${app}:generate`])),
    deploy: async (app) => {
      const artifact = join(workspace.root, 'upstream', app, 'docker-compose.yml');
      const env = userEnvironment({ ITSUP_STATE: workspace.state });
      return succeeded(await run(file, [...before, '-f', artifact, ...args], { env, cwd: workspace.root }));
    },
    rollout: async (_, command) => command,
  };
}

/** Seconds of the record's rollout steps but `drain`. */
function rolloutTime({ steps }: DeployRecord): number {
  const names: readonly string[] = rolloutSteps;
  return (
    steps
      .filter(({ step }) => names.includes(step) && step !== 'drain')
      .reduce((sum, { ms }) => sum + ms, 0) / 1000
  );
}
