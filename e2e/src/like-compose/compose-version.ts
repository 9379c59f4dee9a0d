import { execFileSync, spawnSync } from 'node:child_process';
import type { Row } from './row';

/** The version of Compose at hand, `2.26.1`; empty when there is none. */
export function composeVersion(): string {
  try {
    return execFileSync('docker', ['compose', 'version', '--short'], { encoding: 'utf8' }).trim();
  } catch {
    return '';
  }
}

/** Whether the engine may run privileged containers: one inside a container often may not. */
export function mayRunPrivileged(image: string): boolean {
  const args = ['run', '--rm', '--privileged', '--network', 'none', image, 'true'];
  return spawnSync('docker', args, { stdio: 'ignore' }).status === 0;
}

/** Whether a row uses nothing that came with a later Compose. */
export function isKnownTo(version: string, { sinceCompose = '0' }: Pick<Row, 'sinceCompose'>): boolean {
  const [at, needed] = [version, sinceCompose].map((text) =>
    text.replace(/^v/, '').split(/[.-]/).map(Number),
  );
  for (const [index, part] of (needed ?? []).entries()) {
    const own = at?.[index] ?? 0;
    if (own !== part) return own > part;
  }
  return true;
}
