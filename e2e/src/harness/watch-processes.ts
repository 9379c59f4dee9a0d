import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';

const EVERY_MS = 4;

/** Every command line that was seen on this host while `act` ran. A process that lives for less than the interval may be missed. */
export async function commandLinesDuring<T>(
  act: () => Promise<T>,
): Promise<{ result: T; commandLines: string[] }> {
  const seen = new Set<string>();
  let isOver = false;
  const watching = (async () => {
    const before = new Set(await processes());
    while (!isOver) {
      await Promise.all(
        (await processes()).map(async (pid) => {
          if (before.has(pid)) return;
          const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
          if (line !== '') seen.add(line.replaceAll('\0', ' ').trim());
        }),
      );
      await delay(EVERY_MS);
    }
  })();
  try {
    const result = await act();
    return { result, commandLines: [...seen] };
  } finally {
    isOver = true;
    await watching;
  }
}

async function processes(): Promise<string[]> {
  return (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
}
