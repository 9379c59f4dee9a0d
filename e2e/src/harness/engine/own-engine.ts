import { spawn } from 'node:child_process';
import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { eventually } from '../eventually';
import { output, run } from '../run';

const PID_FILE = '/run/docker.pid';
/** Where the engine keeps images and containers. */
export const ENGINE_DISK = '/var/lib/docker';

/** Why the engine at hand must not be restarted; null: `own-engine.sh` started it for these tests alone. */
export function missingOwnEngine(): string | null {
  const { ITSUP_E2E_NO_OWN_ENGINE: reason, ITSUP_E2E_ENGINE_LOG: log } = process.env;
  return reason ?? (log === undefined ? 'not started by own-engine.sh' : null);
}

/** Copies an image from the machine's engine to the one that `own-engine.sh` started; whether it is there now. */
export async function takeFromMachine(image: string): Promise<boolean> {
  const { ITSUP_E2E_MACHINE_ENGINE: machine } = process.env;
  if (machine === undefined) return false;
  const folder = await mkdtemp(join(tmpdir(), 'itsup-e2e-image-'));
  const file = join(folder, 'image.tar');
  const { exitCode } = await run('docker', ['--host', machine, 'save', '--output', file, image]);
  if (exitCode === 0) await output('docker', ['load', '--quiet', '--input', file]);
  await rm(folder, { recursive: true });
  return exitCode === 0;
}

/** Stops the engine, leaves it away for so many milliseconds and starts it again; its containers live on. */
export async function restartEngine(awayMs: number): Promise<void> {
  const pid = Number(await readFile(PID_FILE, 'utf8'));
  const [command = '', ...args] = (await readFile(`/proc/${pid}/cmdline`, 'utf8')).split('\0').slice(0, -1);
  process.kill(pid, 'SIGTERM');
  while (isRunning(pid)) await sleep(20);
  await sleep(awayMs);
  const log = await open(process.env['ITSUP_E2E_ENGINE_LOG'] ?? '/dev/null', 'a');
  spawn(command, args, { stdio: ['ignore', log.fd, log.fd], detached: true }).unref();
  await log.close();
  await eventually(() => output('docker', ['version', '--format', '{{.Server.Version}}']));
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Fills the disk that holds the folder to the last block, until the returned function is called. */
export async function fillDisk(folder: string): Promise<() => Promise<void>> {
  const ballast = join(folder, 'ballast');
  // Both end with an error, which is that there is no more room.
  for (const size of ['1M', '4K'])
    await run('dd', ['if=/dev/zero', `of=${ballast}`, `bs=${size}`, 'oflag=append', 'conv=notrunc']);
  return () => rm(ballast, { force: true });
}
