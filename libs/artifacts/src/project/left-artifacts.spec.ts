import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { removeLeftArtifacts } from './left-artifacts';

let root: string;
const has = (path: string): boolean => existsSync(join(root, path));

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'itsup-left-'));
  for (const path of [
    'projects/here/docker-compose.yml',
    'upstream/.gitkeep',
    ...['here', 'gone', 'data', 'runs'].map((name) => `upstream/${name}/docker-compose.yml`),
    'upstream/gone/docker-compose.ingress.yml',
    'upstream/data/db/rows',
  ]) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), '');
  }
});
afterEach(() => rmSync(root, { recursive: true }));

it('removes what was generated for a project that is gone, and nothing else', async () => {
  expect(await removeLeftArtifacts(root, (name) => name !== 'runs')).toEqual({
    removed: ['gone'],
    kept: [{ name: 'data', files: ['db/'] }],
  });
  expect(has('upstream/gone')).toBe(false);
  for (const path of ['upstream/.gitkeep', 'upstream/here', 'upstream/data/db/rows', 'upstream/runs'])
    expect([path, has(path)]).toEqual([path, true]);
});

it('has nothing to do where nothing was generated', async () => {
  rmSync(join(root, 'upstream'), { recursive: true });
  expect(await removeLeftArtifacts(root, () => true)).toEqual({ removed: [], kept: [] });
});
