/** What a link of the built site leads to, headings included: VitePress itself looks at pages alone. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/** One line for each link in `folder` whose page, file or heading is not there. */
export function brokenLinks(folder) {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.html'),
  );
  const texts = new Map(files.map((name) => [join(folder, name), readFileSync(join(folder, name), 'utf8')]));
  const headings = new Map([...texts].map(([file, text]) => [file, idsOf(text)]));
  return [...texts].flatMap(([file, text]) =>
    linksOf(text).flatMap((link) => {
      const [path, heading] = link.split('#');
      const target = path === '' ? file : pageOf(folder, file, decodeURI(path));
      const isThere =
        target !== null && (!heading || (headings.get(target)?.has(decodeURIComponent(heading)) ?? false));
      return isThere ? [] : [`${relative(folder, file)}: ${link}`];
    }),
  );
}

/** Targets of links inside the site, each once. */
function linksOf(text) {
  const all = [...text.matchAll(/<a\b[^>]*?\shref="([^"]*)"/g)].map(([, href]) =>
    href.replaceAll('&amp;', '&'),
  );
  return [...new Set(all)].filter((href) => !/^[a-z][a-z\d+.-]*:/i.test(href));
}

function idsOf(text) {
  return new Set([...text.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id.replaceAll('&amp;', '&')));
}

/** The file that a server gives for a path; null: none. */
function pageOf(folder, from, path) {
  const file = path.startsWith('/') ? join(folder, path) : join(dirname(from), path);
  const candidates = path.endsWith('/') ? [join(file, 'index.html')] : [file, `${file}.html`];
  return candidates.find((one) => existsSync(one) && !one.endsWith('/')) ?? null;
}
