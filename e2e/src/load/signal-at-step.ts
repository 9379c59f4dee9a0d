import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { userEnvironment } from '../harness/run';
import type { TestWorkspace } from '../harness/workspace/workspace';

/** Halves what Nx takes to start; the tests run it some two hundred times. */
export const DAEMON = { NX_DAEMON: 'true' };

/** How a deploy ended that got a signal. */
export interface Ended {
  exitCode: number | null;
  killedBy: NodeJS.Signals | null;
  /** From the signal on. */
  seconds: number;
}

/** Starts a deploy of the stack and signals it, and whatever it started, as soon as it is at the step or past it. */
export async function signalAtStep(
  workspace: TestWorkspace,
  stack: string,
  step: string,
  signal: 'SIGKILL' | 'SIGINT',
): Promise<Ended> {
  const child = spawn(join(workspace.root, 'node_modules/.bin/itsup'), ['apply', stack], {
    cwd: workspace.root,
    env: userEnvironment({ ITSUP_STATE: workspace.state, ...DAEMON }),
    stdio: 'ignore',
    // A group of its own, as a terminal signals it.
    detached: true,
  });
  const exit = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
  await reachedStep(workspace, stack, step, () => child.exitCode !== null || child.signalCode !== null);
  const began = performance.now();
  if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, signal);
  const [exitCode, killedBy] = await exit;
  return { exitCode, killedBy, seconds: (performance.now() - began) / 1000 };
}

/** Waits until the stack's journal says that a deploy is at the step or past it, or until it is over. */
export async function reachedStep(
  workspace: TestWorkspace,
  stack: string,
  step: string,
  isOver: () => boolean,
): Promise<void> {
  while (!isOver() && !(await journalOf(workspace, stack)).includes(`"name": "${step}"`)) await sleep(2);
}

/** Text of the stack's journal; empty: no deploy is under way, and none was left unsettled. */
export function journalOf(workspace: TestWorkspace, stack: string): Promise<string> {
  return readFile(join(workspace.state, 'stacks', stack, 'journal.json'), 'utf8').catch(() => '');
}
