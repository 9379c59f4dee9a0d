import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const TODAY = process.env['ITSUP_E2E_TODAY'] ?? '/opt/docker-today';

/** The Composes that can be asked here: the machine's, and today's where `e2e/own-engine.sh --today` would find it. */
export const COMPOSES: readonly { name: string; env: Readonly<Record<string, string>> }[] = [
  { name: "the machine's Compose", env: {} },
  ...(existsSync(join(TODAY, 'config/cli-plugins/docker-compose'))
    ? [
        {
          name: "today's Compose",
          env: {
            PATH: `${join(TODAY, 'bin')}:${process.env['PATH']}`,
            DOCKER_CONFIG: join(TODAY, 'config'),
          },
        },
      ]
    : []),
];

/** What `docker compose config` makes of a Compose file, as text; throws with its message when it objects. */
export function composeConfig(
  files: Readonly<Record<string, string>>,
  file: string,
  variables: Readonly<Record<string, string>> = {},
): string {
  const folder = mkdtempSync(join(tmpdir(), 'itsup-scaffold-'));
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    return execFileSync('docker', ['compose', '-f', file, 'config', '--format', 'json'], {
      cwd: folder,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...variables },
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}
