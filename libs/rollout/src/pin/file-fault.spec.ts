import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { leadBack, type PageContext } from './page';
import { pageFileName } from './pin-names';

let folder: string;
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'itsup-fault-'))));
afterEach(() => rm(folder, { recursive: true, force: true }));

/** When the file goes, and when Traefik's log says, once, that it cannot read another one. */
const GONE_AT = 1_000;

function context(file: string): PageContext {
  let slept = 0;
  return {
    // The marker is still there: nothing that was written since is read.
    get: async () => ({ status: 200, body: '{}' }),
    proxy: {
      dynamicFolder: folder,
      apis: async () => ['http://traefik'],
      apiSecret: null,
      staticConfiguration: {},
      faultInLog: async (since) => (since <= GONE_AT ? 'mine.yml: cannot be read' : null),
    },
    waiter: {
      clock: {
        now: () => (existsSync(file) ? 0 : GONE_AT + 1) + slept,
        sleep: async (ms) => {
          slept += ms;
        },
      },
      signal: new AbortController().signal,
      onWaiting: () => undefined,
    },
  };
}

it('is told though Traefik says it before anybody begins to wait', async () => {
  const file = join(folder, pageFileName('shop'));
  await writeFile(file, 'http:\n  middlewares:\n    page-shop-0123456789abcdef:\n      headers: {}\n');
  await expect(leadBack(context(file), 'shop', folder)).rejects.toThrow(
    'Traefik reads none of its files any more: mine.yml: cannot be read',
  );
});
