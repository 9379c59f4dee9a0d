import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { join } from 'node:path';
import { PACKAGE } from '../build/own-package';

/**
 * Runs another command of ours to its end, because a command that becomes Nx does not come back. Its output is this
 * one's; a signal is passed on, and waited for.
 * @returns its exit code
 */
export function runOwn(args: readonly string[], cwd: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(PACKAGE, 'bin/itsup.js'), ...args], {
      cwd,
      stdio: 'inherit',
    });
    // Ctrl-C reaches the child by itself; a supervisor's signal does not.
    const pass = (signal: NodeJS.Signals): void => void child.kill(signal);
    const ignore = (): void => undefined;
    process.on('SIGINT', ignore);
    process.on('SIGTERM', pass);
    process.on('SIGHUP', pass);
    const done = (): void => {
      process.off('SIGINT', ignore);
      process.off('SIGTERM', pass);
      process.off('SIGHUP', pass);
    };
    child.on('error', (error) => {
      done();
      reject(error);
    });
    child.on('close', (code, signal) => {
      done();
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  });
}
