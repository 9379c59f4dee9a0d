import { zipOf } from '../testing/zip-of';
import { unzip } from './unzip';

const LIMITS = { files: 3, bytes: 1_000 };

it('reads packed and stored files, and leaves folders and links out', () => {
  const archive = zipOf([
    { path: 'a/', content: '', mode: 0o040755 },
    { path: 'a/b.go', content: 'package b' },
    { path: 'a/link', content: '/etc/passwd', mode: 0o120777, stored: true },
  ]);
  expect(unzip(archive, LIMITS).map(({ path, content }) => [path, content.toString()])).toEqual([
    ['a/b.go', 'package b'],
  ]);
  expect(
    unzip(zipOf([{ path: 'c', content: 'as it is', stored: true }]), LIMITS)[0]?.content.toString(),
  ).toBe('as it is');
});

it.each(['../a', 'a/../../b', '/etc/cron.d/a', 'a//b', './a', 'a\\..\\b', 'a\0b'])(
  'refuses a path that could leave the folder: %j',
  (path) => {
    expect(() => unzip(zipOf([{ path, content: 'x' }]), LIMITS)).toThrow('is no path inside of a folder');
  },
);

it('unpacks nothing above its limits, whatever the archive says of itself', () => {
  const zeros = '0'.repeat(5_000_000);
  expect(() => unzip(zipOf([{ path: 'a', content: zeros }]), LIMITS)).toThrow('too large');
  const lying = zipOf([{ path: 'a', content: zeros }]);
  lying.writeUInt32LE(1, lying.length - 22 - 47 + 24);
  expect(() => unzip(lying, LIMITS)).toThrow('too large');
  const half = { content: '0'.repeat(600) };
  expect(() =>
    unzip(
      zipOf([
        { path: 'a', ...half },
        { path: 'b', ...half },
      ]),
      LIMITS,
    ),
  ).toThrow('too large');
  expect(() => unzip(zipOf('abcd'.split('').map((path) => ({ path, content: '' }))), LIMITS)).toThrow(
    'more than 3 files',
  );
});

it('says what is no archive, cut off, or holds a file twice', () => {
  const archive = zipOf([{ path: 'a', content: 'x' }]);
  expect(() => unzip(Buffer.from('no'), LIMITS)).toThrow();
  expect(() => unzip(archive.subarray(0, archive.length - 4), LIMITS)).toThrow('no ZIP archive');
  expect(() => unzip(archive.subarray(20), LIMITS)).toThrow();
  expect(() =>
    unzip(
      zipOf([
        { path: 'a', content: 'x' },
        { path: 'a', content: 'y' },
      ]),
      LIMITS,
    ),
  ).toThrow('twice');
});
