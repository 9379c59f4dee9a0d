import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import { UserError } from '@itsup/config';
import { DockerError, type Docker } from '@itsup/docker';

import { stackEnvironment, type StackEnvironment } from './environment';
import { createSecretsReader, type SecretsReader } from './secrets';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(path.join(os.tmpdir(), 'itsup-secrets-'));
  await mkdir(path.join(root, 'secrets'));
});
afterEach(() => rm(root, { recursive: true }));

const write = (file: string, text: string): Promise<void> =>
  writeFile(path.join(root, 'secrets', file), text);

/** A reader whose SOPS has these plain texts, and what it was asked for. */
function reader(plain: Record<string, string | DockerError> = {}): SecretsReader & { asked: string[] } {
  const asked: string[] = [];
  const decrypt = async (folder: string, file: string): Promise<string> => {
    expect(folder).toBe(root);
    asked.push(file);
    const text = plain[file] ?? '';
    if (typeof text !== 'string') throw text;
    return text;
  };
  return Object.assign(createSecretsReader(root, { host: { decrypt } as Docker['host'] }), { asked });
}

const ENCRYPTED = 'NAME=ENC[AES256_GCM,data:x]\nsops_version=3.9.0\n';

describe('createSecretsReader', () => {
  it('takes the first of the files of a context, the encrypted before the plain', async () => {
    const order = ['blog.enc.env', 'blog.enc.txt', 'blog.env', 'blog.txt'];
    const plain = { 'secrets/blog.enc.env': 'FROM=enc.env', 'secrets/blog.enc.txt': 'FROM=enc.txt' };
    const found: unknown[] = [];
    for (const file of order.toReversed()) {
      await write(file, file.includes('.enc.') ? ENCRYPTED : `FROM=${file}\nOTHER_${found.length}=1`);
      const { variables, file: from } = await reader(plain)('blog');
      found.push([variables['FROM'], from, Object.keys(variables).length]);
    }
    expect(found).toEqual([
      ['blog.txt', 'secrets/blog.txt', 2],
      ['blog.env', 'secrets/blog.env', 2],
      ['enc.txt', 'secrets/blog.enc.txt', 1],
      ['enc.env', 'secrets/blog.enc.env', 1],
    ]);
  });

  it('decrypts a context once, however many stacks ask', async () => {
    await write('itsup.enc.env', ENCRYPTED);
    const read = reader({ 'secrets/itsup.enc.env': 'A=1' });
    await Promise.all([read('itsup'), read('itsup'), read('blog')]);
    expect(read.asked).toEqual(['secrets/itsup.enc.env']);
  });

  it('refuses plain text under the name of an encrypted file, which git takes', async () => {
    await write('blog.enc.env', 'PASSWORD=hunter22\n');
    const read = reader();
    await expect(read('blog')).rejects.toMatchObject({ problems: [{ code: 'secrets-not-encrypted' }] });
    expect(read.asked).toEqual([]);
  });

  it('never falls back to the plain file when decrypting fails', async () => {
    await write('blog.enc.env', ENCRYPTED);
    await write('blog.env', 'A=old');
    const failure = new DockerError({
      code: 'decryption-failed',
      file: 'secrets/blog.enc.env',
      reason: 'no key',
    });
    const error = await reader({ 'secrets/blog.enc.env': failure })('blog').catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(UserError);
    expect(error).toMatchObject({ problems: [{ code: 'decryption-failed', help: failure.help }] });
  });
});

describe('stackEnvironment', () => {
  const environmentOf = (stack: string, env: Record<string, string> = {}): Promise<StackEnvironment> =>
    stackEnvironment({ root, stack, dotenvs: [path.join(root, '.env')], stateDir: '/state', env }, reader());

  it("gives a project its own secrets and nobody else's, and the proxy those of the host", async () => {
    await write('blog.env', 'BLOG=1');
    await write('shop.env', 'SHOP=1');
    await write('itsup.env', 'ITSUP_TOKEN=1');
    const ours = { ITSUP_STATE: '/state', ITSUP_CERT_RESOLVER: '' };
    expect((await environmentOf('blog')).added).toEqual({ BLOG: '1', ...ours });
    expect((await environmentOf('shop')).added).toEqual({ SHOP: '1', ...ours });
    expect((await environmentOf('proxy')).added).toEqual({ ITSUP_TOKEN: '1', ...ours });
  });

  it('tells every stack that there is an address for certificates, not which', async () => {
    await write('itsup.env', 'LETSENCRYPT_EMAIL=me@example.com');
    const { added } = await environmentOf('blog');
    expect(added).toEqual({ ITSUP_STATE: '/state', ITSUP_CERT_RESOLVER: 'letsencrypt' });
  });

  it('lets .env yield to the environment, and both to the secrets', async () => {
    await writeFile(path.join(root, '.env'), 'A=dotenv\nB=dotenv\nC=dotenv');
    await write('blog.env', 'A=secret');
    const { all } = await environmentOf('blog', { A: 'caller', B: 'caller' });
    expect(all).toMatchObject({ A: 'secret', B: 'caller', C: 'dotenv' });
  });

  it('watches the files that are not there yet', async () => {
    const { files } = await environmentOf('blog');
    expect(files).toContain(path.join(root, 'secrets/blog.enc.env'));
    expect(files).toContain(path.join(root, 'secrets/itsup.txt'));
  });
});
