import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { run, succeeded } from '../run';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];

/** Path of a Chromium on this machine; null: there is none. */
export function findChromium(): string | null {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const paths = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
  return paths.find((path) => existsSync(path)) ?? null;
}

/** The document of a page as it is after its scripts ran, with a profile of its own that is removed again. */
export async function renderedDocument(chromium: string, url: string, dark = false): Promise<string> {
  const profile = await mkdtemp(join(tmpdir(), 'itsup-e2e-chromium-'));
  try {
    const { stdout } = succeeded(
      await run(chromium, [
        '--headless',
        // Chromium refuses to sandbox itself for root, as whom containers run.
        '--no-sandbox',
        '--disable-gpu',
        `--user-data-dir=${profile}`,
        '--window-size=1600,1000',
        ...(dark ? ['--blink-settings=preferredColorScheme=0'] : []),
        '--virtual-time-budget=2000',
        '--dump-dom',
        url,
      ]),
    );
    return stdout;
  } finally {
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}
