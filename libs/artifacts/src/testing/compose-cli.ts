import { execFileSync } from 'node:child_process';

const { skip } = describe;

/** Why Compose cannot be asked here; null when it can. No engine is needed for `docker compose config`. */
function whyNoCompose(): string | null {
  try {
    execFileSync('docker', ['compose', 'version', '--short'], { stdio: ['ignore', 'pipe', 'pipe'] });
    return null;
  } catch {
    return '`docker compose` is not on this machine';
  }
}

/** Tests that ask Compose; where it is missing they are reported as skipped, with the reason in their title. */
export function describeWithCompose(name: string, body: () => void): void {
  const missing = whyNoCompose();
  if (missing) skip(`${name} (left out: ${missing})`, body);
  else describe(name, body);
}

/** `docker compose <args>` in a folder, with an environment that holds nothing but the way to the binary. */
export function compose(cwd: string, args: string[]): string {
  return execFileSync('docker', ['compose', ...args], {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], TOKEN: 'from the environment' },
  });
}
