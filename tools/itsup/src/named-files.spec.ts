import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const root = join(__dirname, '../../..');
const tracked = execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8' }).split('\0');
const documents = tracked.filter((file) => file.endsWith('.md') && !file.startsWith('docs/decisions/'));

/** Source files that a text names, each with the folder that its item is about (`` - `labels/`: … ``). */
function namedIn(text: string): { file: string; folder: string | null }[] {
  return text.split(/\n(?=- |\n)/).flatMap((item) => {
    const folder = /^- `([\w-]+)\/`/.exec(item.trim())?.[1] ?? null;
    return [...item.matchAll(/`((?:[\w.-]+\/)*[\w.-]+\.(?:ts|mjs))`/g)].map(([, file = '']) => ({
      file,
      folder,
    }));
  });
}

/** Whether a document's name of a file leads to one: from the document, its `src`, the root, or anywhere below it. */
function isThere(document: string, file: string, folder: string | null): boolean {
  const base = dirname(document);
  const around = /^(?:\.|docs)(?:\/|$)/.test(base) ? '' : `${base}/`;
  return tracked.some(
    (path) =>
      path === file ||
      (path.startsWith(around) &&
        path.endsWith(`/${file}`) &&
        (folder === null || file.includes('/') || path.split('/').includes(folder))),
  );
}

test.each(documents)('%s names source files that there are, where it says', (document) => {
  const named = namedIn(readFileSync(join(root, document), 'utf8'));
  expect(named.filter(({ file, folder }) => !isThere(document, file, folder))).toEqual([]);
});

test('a name that leads nowhere is found', () => {
  const [inFolder] = namedIn('- `static/`: what `fields.ts` reads');
  expect(inFolder).toEqual({ file: 'fields.ts', folder: 'static' });
  expect(isThere('libs/traefik/README.md', 'fields.ts', null)).toBe(true);
  expect(isThere('libs/traefik/README.md', 'fields.ts', 'static')).toBe(false);
  expect(isThere('libs/traefik/README.md', 'no-such-file.ts', null)).toBe(false);
});
