import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, symlink, truncate, utimes, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import { Digester } from '../digest';
import { ABSENT, areUnchanged, stampFile } from './file-stamp';
import type { FileStamp } from '../../state/stamps';

const digester = new Digester('key');
/** Long after the file was written, so that its stamp can be trusted. */
const LATER = Date.now() + 60_000;
let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'itsup-stamp-'));
  file = path.join(folder, 'app.env');
});

afterEach(() => rm(folder, { recursive: true, force: true }));

const stamp = (known?: FileStamp, now = LATER): Promise<FileStamp> => stampFile(file, digester, now, known);

describe('stampFile', () => {
  it('takes an unchanged stamp as an unchanged content', async () => {
    await writeFile(file, 'A=1');
    const known = { ...(await stamp()), digest: 'remembered' };
    expect((await stamp(known)).digest).toBe('remembered');
  });

  it('reads again what may have changed within the tick of the clock that the stamp was taken in', async () => {
    await writeFile(file, 'A=1');
    const known = { ...(await stamp(undefined, Date.now())), digest: 'remembered' };
    expect((await stamp(known, Date.now())).digest).not.toBe('remembered');
  });

  it('sees the same content behind another stamp', async () => {
    await writeFile(file, 'A=1');
    const known = await stamp();
    await utimes(file, 1, 1);
    expect((await stamp(known)).digest).toBe(known.digest);
  });

  it('gives the digest that was given before large files were read in parts', async () => {
    for (const length of [0, 1, 2, 3, 1024 * 1024 - 1, 1024 * 1024, 1024 * 1024 + 1, 3 * 1024 * 1024 + 2]) {
      const bytes = randomBytes(length);
      await writeFile(file, bytes);
      expect((await stamp()).digest).toBe(digester.of(bytes.toString('base64')));
    }
  });

  it('takes a file of any size, the content while it can be read in seconds', async () => {
    await writeFile(file, '');
    await truncate(file, 600 * 1024 * 1024);
    const before = await stamp();
    await truncate(file, 8 * 1024 ** 4);
    const large = await stamp();
    expect(large.digest).not.toBe(before.digest);
    expect((await stamp()).digest).toBe(large.digest);
  }, 60_000);

  it.each(['/dev/zero', '/dev/ptmx', '/proc/kmsg', '/proc/kcore'])(
    'never reads what has no end: a link to %s',
    async (target) => {
      await symlink(target, file);
      expect(await stamp()).toMatchObject({ stamp: null, digest: ABSENT });
    },
  );

  it('reads a file of a workspace that is in memory', async () => {
    const memory = await mkdtemp('/dev/shm/itsup-stamp-');
    try {
      file = path.join(memory, 'docker-compose.yml');
      await writeFile(file, 'services: {}');
      const before = await stamp();
      await writeFile(file, 'services: {web: {}}');
      expect(before.digest).not.toBe(ABSENT);
      expect((await stamp(before)).digest).not.toBe(before.digest);
    } finally {
      await rm(memory, { recursive: true });
    }
  });

  it('never waits for a pipe', async () => {
    execFileSync('mkfifo', [file]);
    expect(await stamp()).toMatchObject({ stamp: null, digest: ABSENT });
  });

  it('counts being absent, and a folder as absent', async () => {
    expect(await stamp()).toMatchObject({ stamp: null, digest: ABSENT });
    expect(await stampFile(folder, digester, LATER)).toMatchObject({ stamp: null, digest: ABSENT });
  });
});

describe('areUnchanged', () => {
  it('notices a change, a new file and one that is gone', async () => {
    const absent = await stamp();
    expect(await areUnchanged([absent], digester, LATER)).toBe(true);
    await writeFile(file, 'A=1');
    expect(await areUnchanged([absent], digester, LATER)).toBe(false);
    const known = await stamp();
    await writeFile(file, 'A=2');
    expect(await areUnchanged([known], digester, LATER)).toBe(false);
    await rm(file);
    expect(await areUnchanged([known], digester, LATER)).toBe(false);
  });
});
