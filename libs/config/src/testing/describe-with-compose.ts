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
