import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { fromRoot } from './written-files';

describe('a file of a container, to be put back', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'itsup-written-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  /** As the engine archives it: under its own name alone. */
  function archived(name: string, ...options: string[]): Buffer {
    return execFileSync('tar', ['-c', '--format=ustar', ...options, '-C', folder, '-f', '-', name]);
  }

  it('keeps content and mode, and is found under its whole path by any reader of tar', () => {
    writeFileSync(join(folder, 'token'), 'a secret\n'.repeat(100));
    chmodSync(join(folder, 'token'), 0o440);
    const tar = fromRoot(archived('token'), '/run/secrets/token');
    const out = join(folder, 'out');
    mkdirSync(out);
    execFileSync('tar', ['-x', '-p', '-C', out, '-f', '-'], { input: tar ?? '' });
    const file = join(out, 'run/secrets/token');
    expect(readFileSync(file, 'utf8')).toBe('a secret\n'.repeat(100));
    expect(statSync(file).mode & 0o777).toBe(0o440);
  });

  it('is none where it is a folder, or has a path that is too long', () => {
    mkdirSync(join(folder, 'conf.d'));
    writeFileSync(join(folder, 'a'), '');
    expect(fromRoot(archived('conf.d'), '/etc/conf.d')).toBeNull();
    expect(fromRoot(archived('a'), `/${'long/'.repeat(25)}a`)).toBeNull();
    expect(fromRoot(Buffer.alloc(0), '/etc/a')).toBeNull();
  });
});
