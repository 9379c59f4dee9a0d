import { realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { createSystem, openState, stateFolder, type DeployContext, type Reporter } from '@itsup/deploy';
import { createDocker } from '@itsup/docker';

/** What the edge knows of its surroundings. */
export interface Surroundings {
  root: string;
  env: NodeJS.ProcessEnv;
  signal: AbortSignal;
  reporter: Reporter;
}

/** The real world for the deploy layer. Reads and starts nothing yet. */
export function deployContext({ root, env, signal, reporter }: Surroundings): DeployContext {
  return {
    root: realpathSync(root),
    state: openState(stateFolder({ env, root: process.getuid?.() === 0, home: homedir() })),
    docker: createDocker({ env, signal }),
    env,
    system: createSystem(),
    reporter,
    signal,
  };
}
