import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../testing/temporary-folder';
import { writeArtifacts } from './write-artifacts';

const root = temporaryFolder();
const path = 'proxy/traefik/dynamic/a.yml';
const write = (text: string, mode?: number) =>
  writeArtifacts(root(), [{ path, text, ...(mode !== undefined && { mode }) }]);
const stats = () => statSync(join(root(), path));

test('makes the folders and leaves no temporary file', async () => {
  expect(await write('a: 1\n')).toEqual({ written: [path], unchanged: [] });
  expect(readFileSync(join(root(), path), 'utf8')).toBe('a: 1\n');
  expect(readdirSync(join(root(), 'proxy/traefik/dynamic'))).toEqual(['a.yml']);
});

test('does not touch a file that says the same', async () => {
  await write('a: ü\n');
  utimesSync(join(root(), path), 1, 1);
  const before = stats();
  expect(await write('a: ü\n')).toEqual({ written: [], unchanged: [path] });
  expect([stats().ino, stats().mtimeMs]).toEqual([before.ino, before.mtimeMs]);
});

test('replaces a file by another, so that a reader of the old one keeps it whole', async () => {
  await write('a: 1\n');
  const before = stats().ino;
  expect((await write('a: 2\n')).written).toEqual([path]);
  expect(stats().ino).not.toBe(before);
});

test('gives the mode that was asked for, whatever the umask', async () => {
  const umask = process.umask(0o077);
  try {
    await write('a: 1\n');
    expect(stats().mode & 0o777).toBe(0o644);
    await write('a: 1\n', 0o600);
    expect(stats().mode & 0o777).toBe(0o600);
  } finally {
    process.umask(umask);
  }
});

test('puts back a mode that was changed', async () => {
  await write('a: 1\n');
  chmodSync(join(root(), path), 0o600);
  expect((await write('a: 1\n')).written).toEqual([path]);
});

test('cleans up after a write that fails', async () => {
  mkdirSync(join(root(), path), { recursive: true });
  await expect(write('a: 1\n')).rejects.toThrow(/EISDIR|ENOTEMPTY|EEXIST/);
  expect(readdirSync(join(root(), 'proxy/traefik/dynamic'))).toEqual(['a.yml']);
});
