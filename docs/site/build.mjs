/**
 * The documentation as a site, in `tmp/site`. A page that the menu does not lead to, a link to a page or a heading that
 * is not there, or a path of a file that is not there fails it.
 *
 * usage: node docs/site/build.mjs [--serve [--port 4173]]     after npm run build
 */
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { installLocked } from '../../tools/release/packed/install.mjs';
import { brokenLinks } from './links.mjs';
import { MENU, sitePath, writtenPages } from './pages.mjs';
import { referencePages } from './reference.mjs';

const SITE = dirname(fileURLToPath(import.meta.url));
const ROOT = join(SITE, '../..');
const SOURCE = join(ROOT, 'tmp/site-source');
const OUT = join(ROOT, 'tmp/site');

const { values } = parseArgs({
  options: { serve: { type: 'boolean' }, port: { type: 'string', default: '4173' } },
});

installLocked(SITE);
const pages = {
  ...Object.fromEntries(writtenPages(ROOT).map((page) => [page, readFileSync(join(ROOT, page), 'utf8')])),
  ...referencePages(ROOT),
};
needMenu(Object.keys(pages));
rmSync(SOURCE, { recursive: true, force: true });
for (const [page, text] of Object.entries(pages)) {
  const file = join(SOURCE, sitePath(page));
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
cpSync(join(ROOT, 'docs/images'), join(SOURCE, 'docs/images'), { recursive: true });
cpSync(join(ROOT, 'docs/images'), join(SOURCE, 'public/docs/images'), { recursive: true });

const { build, serve } = await import('vitepress');
await build(SITE);
const broken = brokenLinks(OUT);
if (broken.length > 0) {
  process.stderr.write(`links that lead nowhere:\n${broken.map((line) => `  ${line}\n`).join('')}`);
  process.exit(1);
}
process.stdout.write(`${Object.keys(pages).length} pages in tmp/site, every link leads somewhere\n`);
if (values.serve) await serve({ root: SITE, port: Number(values.port) });

/** Every page for users is in the menu, and nothing that is not there. */
function needMenu(known) {
  const named = Object.values(MENU).flat();
  const lost = named.filter((page) => !known.includes(page));
  const unnamed = known.filter((page) => /^(?:docs|reference)\/[^/]+$/.test(page) && !named.includes(page));
  if (lost.length + unnamed.length === 0) return;
  throw new Error(`the menu in docs/site/pages.mjs has no ${unnamed} and names ${lost}, which are not there`);
}
