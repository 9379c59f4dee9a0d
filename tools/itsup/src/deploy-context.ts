import { realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import type { DeployContext, Reporter } from '@itsup/deploy';
import { releasedVersion } from './build/own-package';
import { trackedFiles } from './git';

/** What the edge knows of its surroundings. */
export interface Surroundings {
  root: string;
  env: NodeJS.ProcessEnv;
  signal: AbortSignal;
  reporter: Reporter;
}

/** The real world for the deploy layer, loaded when it is needed. Starts nothing yet. */
export async function deployContext({ root, env, signal, reporter }: Surroundings): Promise<DeployContext> {
  const { askRow, createSystem, once, openState, stateFolder } = await import('@itsup/deploy');
  const { createDocker } = await import('@itsup/docker');
  const product = releasedVersion();
  const workspace = realpathSync(root);
  return {
    root: workspace,
    state: openState(stateFolder({ env, root: process.getuid?.() === 0, home: homedir() })),
    docker: createDocker({ env, signal }),
    env,
    system: createSystem(),
    reporter,
    ask: askRow,
    tracked: once(() => trackedFiles(workspace)),
    signal,
    ...(product !== null && { product }),
  };
}
