import { readdir, readFile, readlink } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';

const EVERY_MS = 4;

/**
 * Every process that was seen to start on this host while `act` ran: the command lines of each, more than one where it
 * executed another program. A process that lives for less than the interval may be missed.
 *
 * @param folder only processes that work in it or below
 */
export async function processesDuring<T>(
  act: () => Promise<T>,
  folder = '/',
): Promise<{ result: T; processes: string[][] }> {
  const seen = new Map<string, Set<string>>();
  let isOver = false;
  const watching = (async () => {
    const before = new Set(await processIds());
    while (!isOver) {
      await Promise.all(
        (await processIds()).map(async (pid) => {
          if (before.has(pid)) return;
          const line = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).replaceAll('\0', ' ');
          if (line !== '' && (await worksIn(pid, folder)))
            seen.set(pid, (seen.get(pid) ?? new Set()).add(line.trim()));
        }),
      );
      await delay(EVERY_MS);
    }
  })();
  try {
    const result = await act();
    return { result, processes: [...seen.values()].map((lines) => [...lines]) };
  } finally {
    isOver = true;
    await watching;
  }
}

async function worksIn(pid: string, folder: string): Promise<boolean> {
  if (folder === '/') return true;
  const own = await readlink(`/proc/${pid}/cwd`).catch(() => '');
  return own === folder || own.startsWith(`${folder}/`);
}

async function processIds(): Promise<string[]> {
  return (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
}
