import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { foreignFiles } from './foreign-files';
import { temporaryFolder } from '../testing/temporary-folder';

const root = temporaryFolder();
function put(path: string, text = 'x'): void {
  mkdirSync(dirname(join(root(), path)), { recursive: true });
  writeFileSync(join(root(), path), text);
}

test('a project that was never generated has none', async () => {
  expect(await foreignFiles(root(), 'blog')).toEqual([]);
});

test('what was generated, what an interrupted write left and empty folders are not foreign', async () => {
  put('upstream/blog/docker-compose.yml');
  put('upstream/blog/docker-compose.ingress.yml');
  put('upstream/blog/docker-compose.yml.0b1e-4711.tmp');
  mkdirSync(join(root(), 'upstream/blog/data/empty'), { recursive: true });
  expect(await foreignFiles(root(), 'blog')).toEqual([]);
});

test('names data by its top level, sorted', async () => {
  put('upstream/blog/docker-compose.yml');
  put('upstream/blog/web/deep/er/index.html');
  put('upstream/blog/.env');
  put('upstream/blog/data/pg/PG_VERSION');
  expect(await foreignFiles(root(), 'blog')).toEqual(['.env', 'data/', 'web/']);
});

test('copies of files/ are not foreign until they differ', async () => {
  put('projects/blog/files/etc/app.conf', 'same');
  put('upstream/blog/files/etc/app.conf', 'same');
  expect(await foreignFiles(root(), 'blog')).toEqual([]);
  put('upstream/blog/files/etc/app.conf', 'edited on the host');
  expect(await foreignFiles(root(), 'blog')).toEqual(['files/']);
});

test('a file in files/ without an original is data', async () => {
  put('projects/blog/files/a');
  put('upstream/blog/files/b');
  expect(await foreignFiles(root(), 'blog')).toEqual(['files/']);
});

test('a folder that cannot be read is data', async () => {
  put('upstream/blog/data/x');
  chmodSync(join(root(), 'upstream/blog/data'), 0o000);
  try {
    expect(await foreignFiles(root(), 'blog')).toEqual(['data/']);
  } finally {
    chmodSync(join(root(), 'upstream/blog/data'), 0o755);
  }
});
