import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MENU, sitePath } from '../pages.mjs';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../../..');
const SOURCE = join(ROOT, 'tmp/site-source');

/** Everything of the site is in its own folder: no font, script or search of somebody else's is asked for. */
export default {
  title: 'itsup',
  description:
    'Docker Compose projects online: TLS, firewall and zero-downtime deploys from a git repository',
  lang: 'en',
  base: process.env.ITSUP_SITE_BASE ?? '/',
  srcDir: SOURCE,
  outDir: join(ROOT, 'tmp/site'),
  cacheDir: join(ROOT, 'tmp/site-cache'),
  // The names of options in one line, where there is room.
  head: [['style', {}, '@media (min-width: 768px) { .vp-doc td:first-child code { white-space: nowrap } }']],
  markdown: {
    // The pages have no HTML: what looks like a tag is a placeholder.
    html: false,
    anchor: { slugify: asOnGitHub },
    config: (markdown) => {
      markdown.core.ruler.push('repository-files', repositoryFiles);
      for (const rule of ['text', 'code_inline']) textAlone(markdown.renderer.rules, rule);
    },
  },
  themeConfig: {
    search: { provider: 'local' },
    outline: { level: [2, 3] },
    sidebar: Object.entries(MENU).map(([text, pages]) => ({
      text,
      items: pages.map((page) => ({
        text: titleOf(page),
        link: `/${sitePath(page).replace(/(?:index)?\.md$/, '')}`,
      })),
    })),
  },
};

function titleOf(page) {
  const [, title] = /^# (.+)$/m.exec(readFileSync(join(SOURCE, sitePath(page)), 'utf8')) ?? [];
  if (title === undefined) throw new Error(`${page} has no first heading`);
  return title.replaceAll('`', '');
}

/** Headings have the names that links in the repository give them. */
function asOnGitHub(text) {
  return text
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replace(/\s/g, '-');
}

/** Links between pages as the site has them; a link to another file of the repository becomes its name alone. */
function repositoryFiles({ tokens, env }) {
  for (const { children } of tokens) {
    if (children === null) continue;
    let isOpen = false;
    for (const token of children) {
      if (token.type === 'link_open') {
        const href = token.attrGet('href') ?? '';
        if (/^(?:[a-z][a-z\d+.-]*:|#)/i.test(href)) continue;
        const [path] = href.split('#');
        if (/\.md$/.test(path)) token.attrSet('href', href.replace(/(^|\/)README\.md(?=#|$)/, '$1index.md'));
        else if (!/\.png$/.test(path)) {
          needFile(env.relativePath, path);
          isOpen = true;
          token.hidden = true;
          Object.assign(token, { type: 'text', tag: '', nesting: 0, content: '' });
        }
      } else if (token.type === 'link_close' && isOpen) {
        isOpen = false;
        Object.assign(token, { type: 'text', tag: '', nesting: 0, content: '' });
      }
    }
  }
}

/** Vue would take `{{` in a text for a value of its own. */
function textAlone(rules, rule) {
  const rendered = rules[rule];
  rules[rule] = (...args) => rendered(...args).replaceAll('{{', '&#123;&#123;');
}

function needFile(page, path) {
  if (!existsSync(join(ROOT, dirname(page), path)))
    throw new Error(`${page} links to ${path}, which is not there`);
}
