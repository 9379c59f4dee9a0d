import { execFileSync } from 'node:child_process';

/** `docker compose <args>` in a folder, with an environment that holds nothing but the way to the binary. */
export function compose(cwd: string, args: string[]): string {
  return execFileSync('docker', ['compose', ...args], {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], TOKEN: 'from the environment' },
  });
}
