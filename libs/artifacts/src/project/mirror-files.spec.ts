import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { mirrorFiles } from './mirror-files';
import { project } from '../testing/build';
import { temporaryFolder } from '../testing/temporary-folder';

const root = temporaryFolder();
const at = (path: string) => join(root(), path);
function put(path: string, text = 'x', mode = 0o644): void {
  mkdirSync(dirname(at(path)), { recursive: true });
  writeFileSync(at(path), text, { mode });
}
const mirror = () => mirrorFiles(root(), project({ paths: 'upstream' }));

test('copies content, permissions and links, and copies nothing twice', async () => {
  put('projects/blog/files/etc/app.conf', 'a');
  put('projects/blog/files/run.sh', '#!/bin/sh', 0o755);
  symlinkSync('run.sh', at('projects/blog/files/link'));
  const paths = [
    'upstream/blog/files/etc/app.conf',
    'upstream/blog/files/link',
    'upstream/blog/files/run.sh',
  ];
  expect(await mirror()).toEqual({ written: paths, unchanged: [] });
  expect(readFileSync(at('upstream/blog/files/etc/app.conf'), 'utf8')).toBe('a');
  expect(statSync(at('upstream/blog/files/run.sh')).mode & 0o777).toBe(0o755);
  expect(readlinkSync(at('upstream/blog/files/link'))).toBe('run.sh');
  expect(await mirror()).toEqual({ written: [], unchanged: paths });
});

test('removes what is gone from the source, the whole folder included, and nothing beside it', async () => {
  put('projects/blog/files/a');
  put('projects/blog/files/old/b');
  put('upstream/blog/data/db');
  await mirror();
  rmSync(at('projects/blog/files/old'), { recursive: true });
  expect((await mirror()).written).toEqual(['upstream/blog/files/old']);
  rmSync(at('projects/blog/files'), { recursive: true });
  expect((await mirror()).written).toEqual(['upstream/blog/files']);
  expect(existsSync(at('upstream/blog/data/db'))).toBe(true);
});

test('a file takes the place of a folder and the other way round', async () => {
  put('projects/blog/files/a', 'file');
  put('upstream/blog/files/a/inner', 'old');
  await mirror();
  expect(readFileSync(at('upstream/blog/files/a'), 'utf8')).toBe('file');
});

test('does nothing where paths resolve in the project’s folder', async () => {
  put('projects/blog/files/a');
  expect(await mirrorFiles(root(), project())).toEqual({ written: [], unchanged: [] });
  expect(existsSync(at('upstream'))).toBe(false);
});

test('refuses what is no file, and does not wait for it', async () => {
  put('projects/blog/files/a');
  execFileSync('mkfifo', [at('projects/blog/files/pipe')]);
  await expect(mirror()).rejects.toMatchObject({ problems: [{ code: 'not-a-file' }] });
});
