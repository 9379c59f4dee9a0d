import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { brokenLinks } from './links.mjs';

function site(files) {
  const folder = mkdtempSync(join(tmpdir(), 'itsup-site-'));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

function brokenOf(files) {
  const folder = site(files);
  try {
    return brokenLinks(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const PAGE = '<h2 id="a-heading">A heading</h2>';

test('takes pages, headings, files, and what is not of the site', () => {
  const links = [
    '/docs/',
    'docs/page.html#a-heading',
    './docs/page',
    '/picture.png',
    'https://example.com/',
    '#own',
  ];
  const index = `<i id="own"></i>${links.map((link) => `<a class="x" href="${link}">x</a>`).join('')}`;
  const files = { 'index.html': index, 'docs/page.html': PAGE, 'docs/index.html': PAGE, 'picture.png': '' };
  assert.deepEqual(brokenOf(files), []);
});

test('names each link that leads nowhere, with its page', () => {
  const links = ['/docs/none.html', 'page.html#another', '#none', '/none/', 'page.html'];
  const text = links.map((link) => `<a href="${link}">x</a>`).join('');
  assert.deepEqual(brokenOf({ 'docs/index.html': text, 'docs/page.html': PAGE }), [
    'docs/index.html: /docs/none.html',
    'docs/index.html: page.html#another',
    'docs/index.html: #none',
    'docs/index.html: /none/',
  ]);
});
