import { execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import { stampContext } from './build-context';
import { contextKey, stampContexts } from './stack-files';
import type { ContextStamp } from '../../state/stamps';

let context: string;

beforeEach(async () => {
  context = await mkdtemp(path.join(os.tmpdir(), 'itsup-context-'));
  await mkdir(path.join(context, 'src'));
  await write('Dockerfile', 'FROM scratch\n');
  await write('src/app.js', 'one');
});

afterEach(() => rm(context, { recursive: true, force: true }));

function write(file: string, text: string): Promise<void> {
  return writeFile(path.join(context, file), text);
}

async function stamp(known?: ContextStamp, dockerfile?: string): Promise<ContextStamp> {
  const found = await stampContext({ context, ...(dockerfile && { dockerfile }) }, Date.now(), known);
  if (found === null) throw new Error('no stamp');
  return found;
}

describe('stampContext', () => {
  it('changes with a content, a name, an executable bit and the Dockerfile', async () => {
    const digests = [(await stamp()).digest];
    const step = async (change: Promise<unknown>): Promise<void> => {
      await change;
      digests.push((await stamp()).digest);
    };
    await step(write('src/app.js', 'two'));
    await step(write('src/other.js', ''));
    await step(chmod(path.join(context, 'src/app.js'), 0o755));
    await step(write('Dockerfile', 'FROM busybox\n'));
    expect(new Set(digests).size).toBe(digests.length);
  });

  it('is the same after a fresh checkout, which changes times alone', async () => {
    const before = await stamp();
    await utimes(path.join(context, 'src/app.js'), 1, 1);
    const after = await stamp(before);
    expect(after.digest).toBe(before.digest);
    expect(after.stamp).not.toBe(before.stamp);
  });

  it('leaves out what .dockerignore does, but never the Dockerfile', async () => {
    await write('.dockerignore', '*\n!src\n');
    const before = await stamp();
    await write('notes.txt', 'ignored');
    expect((await stamp()).digest).toBe(before.digest);
    await write('Dockerfile', 'FROM busybox\n');
    expect((await stamp()).digest).not.toBe(before.digest);
  });

  it.each(['/dev/zero', '/dev/ptmx', '/proc/kmsg', 'nowhere', 'src'])(
    'takes a link to %s as the builder does: where it points',
    async (target) => {
      const before = await stamp();
      await symlink(target, path.join(context, 'link'));
      const linked = await stamp();
      expect(linked.digest).not.toBe(before.digest);
      await rm(path.join(context, 'link'));
      await symlink('elsewhere', path.join(context, 'link'));
      expect((await stamp()).digest).not.toBe(linked.digest);
    },
  );

  it('does not wait for a pipe, and counts what a linked Dockerfile says', async () => {
    execFileSync('mkfifo', [path.join(context, 'pipe')]);
    await write('real', 'FROM a\n');
    await rm(path.join(context, 'Dockerfile'));
    await symlink('real', path.join(context, 'Dockerfile'));
    const before = await stamp();
    await write('.dockerignore', 'real\n');
    const ignored = await stamp();
    await write('real', 'FROM b\n');
    expect((await stamp()).digest).not.toBe(ignored.digest);
    expect(ignored.digest).not.toBe(before.digest);
  });

  it('takes every file of an additional context, but for what its .dockerignore leaves out', async () => {
    const key = contextKey('web', 'shared');
    const additional = async (known?: ContextStamp): Promise<ContextStamp> => {
      const deployed = known === undefined ? null : { inputs: { contexts: { [key]: known } } };
      const found = (await stampContexts(shop, { relocation: null, now: Date.now(), deployed }))[key];
      if (found === undefined) throw new Error('no stamp');
      return found;
    };
    const shop = {
      name: 'shop',
      services: {
        web: { build: { context: '/nowhere', additional_contexts: { shared: context, base: 'service:b' } } },
      },
    };
    await write('.dockerignore', 'notes.txt\n');
    const before = await additional();
    await write('notes.txt', 'ignored');
    expect((await additional(before)).digest).toBe(before.digest);
    await write('src/app.js', 'two');
    const changed = await additional(before);
    expect(changed.digest).not.toBe(before.digest);
    // As the glance at an unchanged stack does it.
    const again = await stampContext(
      { context: changed.context, dockerfile: changed.dockerfile },
      Date.now(),
    );
    expect(again?.digest).toBe(changed.digest);
  });

  it('says which line of .dockerignore is wrong', async () => {
    await write('.dockerignore', '[z-a]\n');
    await expect(stamp()).rejects.toMatchObject({ problems: [{ code: 'dockerignore-pattern' }] });
  });

  it('counts a Dockerfile outside of the context', async () => {
    const before = await stamp(undefined, '../outside.Dockerfile');
    const outside = path.join(context, '../outside.Dockerfile');
    await writeFile(outside, 'FROM scratch\n');
    try {
      expect((await stamp(undefined, '../outside.Dockerfile')).digest).not.toBe(before.digest);
    } finally {
      await rm(outside);
    }
  });

  it('has none for a context that is no folder here', async () => {
    expect(await stampContext({ context: 'https://github.com/acme/web.git' }, 0)).toBeNull();
    expect(await stampContext({ context: path.join(context, 'nowhere') }, 0)).toBeNull();
  });
});
