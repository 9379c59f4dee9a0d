import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { baseImagesOf } from './base-images';

it('names what a build starts from', async () => {
  const text = [
    '# FROM comment:1',
    'FROM --platform=linux/amd64 node:20 AS Build',
    'from build as test',
    'FROM ${BASE}',
    'FROM scratch',
    'COPY --from=other:1 /a /a',
    'FROM caddy:2',
    'FROM node:20',
  ].join('\n');
  expect(await baseImagesOf({ dockerfile_inline: text })).toEqual(['node:20', 'caddy:2']);
});

it('reads the Dockerfile that the build names, and nothing that is no file', async () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'itsup-base-'));
  writeFileSync(path.join(folder, 'Dockerfile'), 'FROM busybox:stable\n');
  writeFileSync(path.join(folder, 'other'), 'FROM busybox:2\n');
  symlinkSync('/dev/zero', path.join(folder, 'endless'));
  expect(await baseImagesOf({ context: folder })).toEqual(['busybox:stable']);
  expect(await baseImagesOf({ context: folder, dockerfile: 'other' })).toEqual(['busybox:2']);
  expect(await baseImagesOf({ context: folder, dockerfile: 'endless' })).toEqual([]);
  expect(await baseImagesOf({ context: 'https://example.com/a.git' })).toEqual([]);
  rmSync(folder, { recursive: true });
});
