import type { Docker } from '@itsup/docker';

/** Lines of the log that are looked through: one that says no is repeated at every change of a file. */
const TAIL = 100;

/**
 * What Traefik's log says since then of a file that it cannot read. One such file keeps it from reading any other.
 * @returns the file and the reason; null: nothing of the kind
 */
export async function fileFaultInLog(
  docker: Pick<Docker, 'logs'>,
  container: string,
  since: number,
): Promise<string | null> {
  const text = await docker.logs(container, { tail: TAIL, timestamps: true }).catch(() => '');
  return faultIn(text, since);
}

/** The same in a text: lines as the engine prints them, each with its time in front. */
export function faultIn(text: string, since: number): string | null {
  for (const line of text.split('\n').reverse()) {
    const [time = ''] = line.split(' ');
    // The engine's clock is this host's.
    if (!(Date.parse(time) >= since)) continue;
    const [, file, reason] = /collecting file configs: (\S+): (.*)$/.exec(line) ?? [];
    // It went between Traefik's listing and its reading, as the route file of another rollout does: Traefik reads all
    // of them again for its going.
    if (reason?.includes('no such file or directory')) continue;
    if (file !== undefined && reason !== undefined) return `${file}: ${unquoted(reason)}`;
  }
  return null;
}

/** Traefik's log puts fields behind the error, and quotes into the error. */
function unquoted(reason: string): string {
  return reason
    .replace(/" [\w.]+=.*$/, '')
    .replace(/"(,"|\}).*$/, '')
    .replace(/"$/, '')
    .replaceAll('\\"', '"');
}
