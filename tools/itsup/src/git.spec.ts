import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { trackedFiles } from './git';

let folder: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'itsup-git-')));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('trackedFiles', () => {
  it('are those that git has below the folder, whatever their names, and no ignored or new one', async () => {
    const workspace = join(folder, 'workspace');
    mkdirSync(workspace);
    for (const name of ['with "quotes" and ü', 'app.conf', 'app.db', 'new'])
      writeFileSync(join(workspace, name), '');
    writeFileSync(join(folder, '.gitignore'), '*.db\n');
    execFileSync('git', ['init', '--quiet'], { cwd: folder });
    execFileSync('git', ['add', '.gitignore', 'workspace/with "quotes" and ü', 'workspace/app.conf'], {
      cwd: folder,
    });
    expect([...(await trackedFiles(workspace))].sort()).toEqual([
      join(workspace, 'app.conf'),
      join(workspace, 'with "quotes" and ü'),
    ]);
  });

  it('are none where there is no repository', async () => {
    expect(await trackedFiles(folder)).toEqual(new Set());
  });
});
