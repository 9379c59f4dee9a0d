import { rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { namedFault, writeNamed } from './named-fault';

describe('a write that the system refuses', () => {
  const full = join(tmpdir(), `itsup-full-${process.pid}`);
  beforeAll(() => symlinkSync('/dev/full', full));
  afterAll(() => rmSync(full));

  it('names the file, which a disk that is full does not', async () => {
    await expect(writeNamed(full, 'text', { mode: 0o644 })).rejects.toMatchObject({
      code: 'ENOSPC',
      path: full,
    });
  });

  it('names the file that is meant, where it is written under another name first', async () => {
    const refused = writeNamed(full, 'text', { mode: 0o644 }, '/state/pin.yml');
    await expect(refused).rejects.toMatchObject({ code: 'ENOSPC', path: '/state/pin.yml' });
  });

  it('leaves a fault alone that names its own', async () => {
    await expect(writeNamed('/nowhere/at/all', '', { mode: 0o644 }, '/state/pin.yml')).rejects.toMatchObject({
      code: 'ENOENT',
      path: '/nowhere/at/all',
    });
    expect(namedFault('no error at all', '/state/pin.yml')).toBe('no error at all');
  });
});
