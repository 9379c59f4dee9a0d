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

/** Why nobody says here what a Swarm makes of a file; null when the CLI does: from 23 on, without an engine. */
function whyNoStackConfig(): string | null {
  try {
    const input = '{"version": "3.13", "services": {}}';
    execFileSync('docker', ['stack', 'config', '--compose-file', '-'], { input, stdio: 'pipe' });
    return null;
  } catch {
    return 'this docker has no `stack config`';
  }
}

/** Tests that ask Compose and `docker stack config`; where one is missing they are skipped, with the reason. */
export function describeWithStackConfig(name: string, body: () => void): void {
  const missing = whyNoCompose() ?? whyNoStackConfig();
  if (missing) skip(`${name} (left out: ${missing})`, body);
  else describe(name, body);
}
