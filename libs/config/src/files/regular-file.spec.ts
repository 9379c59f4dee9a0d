import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readRegularFile } from './regular-file';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'itsup-regular-file-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function read(content: Buffer | string): ReturnType<typeof readRegularFile> {
  const file = join(folder, 'file');
  writeFileSync(file, content);
  return readRegularFile(file);
}

const INVALID = Buffer.from([0xff]);

describe('bytes that are no UTF-8', () => {
  test.each([
    ['at the start', Buffer.concat([INVALID, Buffer.from('a')]), 0],
    ['behind other letters', Buffer.concat([Buffer.from('aé€😀'), INVALID]), 5],
    [
      'behind a replacement character that is written',
      Buffer.concat([Buffer.from('é\ufffdé\ufffd'), INVALID]),
      4,
    ],
    ['cut off at the end', Buffer.from('a€').subarray(0, 3), 1],
    ['a part of a replacement character', Buffer.from('\ufffd\ufffd').subarray(0, 5), 1],
  ])('%s are told', (_, bytes, damagedAt) => {
    expect(read(bytes).damagedAt).toBe(damagedAt);
  });

  test.each(['', 'aé€😀', '\ufffd', 'a\ufffdb'])('are not found in %p', (text) => {
    expect(read(text)).toEqual({ text });
  });

  test('are found in a file that is full of replacement characters', () => {
    const written = '\ufffd'.repeat(1_000_000);
    expect(read(Buffer.concat([Buffer.from(written), INVALID])).damagedAt).toBe(1_000_000);
    expect(read(written).damagedAt).toBeUndefined();
  });
});
