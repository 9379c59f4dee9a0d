import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';

import { create } from 'tar';

import { backupState, restoreState } from './backup';
import { claimWorkspace, readIdentity } from './identity';
import { newRecordId, readRecords, writeRecord } from './records';
import { openState, type State } from './state';

const ACME = '{"letsencrypt": {"Account": {"Email": "me@example.com"}}}';

let folder: string;
let state: State;

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'itsup-state-'));
  state = openState(path.join(folder, 'state'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function write(file: string, text: string): Promise<void> {
  const target = path.join(state.dir, file);
  await mkdir(path.dirname(target), { recursive: true });
  await writeFile(target, text);
}

async function backup(): Promise<Buffer> {
  const target = new PassThrough();
  const bytes = buffer(target);
  await backupState(state, target, () => Promise.reject(new Error('everything is ours')));
  target.end();
  return bytes;
}

const record = (id: string) => ({
  ...{
    id,
    stack: 'blog',
    command: 'deploy' as const,
    outcome: 'deployed' as const,
    startedAt: '',
    durationMs: 1,
  },
  ...{ by: 'me', commit: null, services: [], steps: [], problems: [], restorable: true },
});

describe('a backup of the state folder', () => {
  it('brings certificates, identity and records back, each for its owner alone', async () => {
    const identity = await claimWorkspace(state, '/srv/itsup', false);
    const id = newRecordId(1_700_000_000_000);
    await writeRecord(state, record(id));
    await write('acme/acme.json', ACME);
    const bytes = await backup();
    await rm(state.dir, { recursive: true });

    const restored = await restoreState(state, Readable.from([bytes]));

    expect(restored).toEqual({ identity, stacks: ['blog'], certificates: ['acme/acme.json'] });
    expect(await readIdentity(state)).toEqual(identity);
    expect(await readRecords(state, 'blog')).toMatchObject([{ id }]);
    expect(await readFile(path.join(state.dir, 'acme/acme.json'), 'utf8')).toBe(ACME);
    for (const file of ['workspace.json', 'acme/acme.json', `stacks/blog/records/${id}.json`])
      expect((await stat(path.join(state.dir, file))).mode & 0o777).toBe(0o600);
    expect((await stat(path.join(state.dir, 'acme'))).mode & 0o777).toBe(0o700);
  });

  it('leaves out what a deploy makes anew, locks and journals', async () => {
    await claimWorkspace(state, '/srv/itsup', false);
    for (const file of [
      'traefik/traefik.yml',
      'published.json',
      'stacks/blog/lock',
      'stacks/blog/journal.json',
    ])
      await write(file, '{}');
    await symlink('/etc/passwd', path.join(state.dir, 'claims.json'));
    const bytes = await backup();
    await rm(state.dir, { recursive: true });
    await restoreState(state, Readable.from([bytes]));
    expect(await readdir(state.dir)).toEqual(['workspace.json']);
  });

  it('is the same bytes for the same state', async () => {
    await claimWorkspace(state, '/srv/itsup', false);
    const first = await backup();
    await chmod(state.workspaceFile, 0o640);
    expect((await backup()).equals(first)).toBe(true);
  });

  it('is refused where nothing was deployed', async () => {
    await expect(backup()).rejects.toThrow(/is no state folder/);
  });

  it('does not go over a folder that is in use', async () => {
    await claimWorkspace(state, '/srv/itsup', false);
    const bytes = await backup();
    await expect(restoreState(state, Readable.from([bytes]))).rejects.toThrow(/is in use/);
  });

  it.each([
    ['no tar', async () => Buffer.from('no tar at all, and longer than a block\n'.repeat(40))],
    ['another tar', () => archive({ 'etc/passwd': 'root' })],
    ['one without an identity', () => archive({ 'acme/acme.json': ACME })],
    ['one with more in it', async () => archive({ 'workspace.json': '{"version":1}', 'acme/../evil': '' })],
  ])('takes %s for none, and leaves nothing', async (_, make) => {
    await expect(restoreState(state, Readable.from([await make()]))).rejects.toThrow(
      /no backup of a state folder/,
    );
    expect(await readdir(state.dir)).toEqual([]);
    expect(await readdir(folder)).not.toContain('evil');
  });

  async function archive(files: Record<string, string>): Promise<Buffer> {
    const source = await mkdtemp(path.join(folder, 'source-'));
    for (const [file, text] of Object.entries(files)) {
      await mkdir(path.join(source, path.dirname(file)), { recursive: true });
      await writeFile(path.join(source, file), text);
    }
    return buffer(create({ cwd: source, preservePaths: true }, Object.keys(files)));
  }
});
