import { join } from 'node:path';
import { temporaryFolder } from '../testing/temporary-folder';
import { findWorkspace } from './find-workspace';

const NAMED =
  '{ // of the workspace\n  "plugins": ["@nx/js", { "plugin": "itsup", "options": { "directory": "infra" } },] }';

const root = temporaryFolder({
  'nx.json': NAMED,
  'infra/projects/site/docker-compose.yml': '',
  'infra/inner/nx.json': '{"plugins": ["@nx/js"]}',
  'plain/nx.json': '{"plugins": ["itsup"]}',
  'plain/deep/er/a': '',
});
const elsewhere = temporaryFolder({ 'nx.json': '{}' });

describe('findWorkspace', () => {
  it('walks up to the nearest nx.json that names the plugin', () => {
    expect(findWorkspace({}, join(root, 'infra/projects/site'), elsewhere)).toMatchObject({
      nxRoot: root,
      root: join(root, 'infra'),
    });
    expect(findWorkspace({}, join(root, 'infra/inner'), elsewhere)?.nxRoot).toBe(root);
    expect(findWorkspace({}, join(root, 'plain/deep/er'), elsewhere)).toMatchObject({
      nxRoot: join(root, 'plain'),
      root: join(root, 'plain'),
    });
  });

  it('takes ITSUP_ROOT before, and the place of the command last', () => {
    expect(findWorkspace({ ITSUP_ROOT: join(root, 'plain') }, root, root)?.nxRoot).toBe(join(root, 'plain'));
    expect(findWorkspace({}, elsewhere, join(root, 'plain/deep'))?.nxRoot).toBe(join(root, 'plain'));
    expect(findWorkspace({}, elsewhere, elsewhere)).toBeNull();
    expect(findWorkspace({ ITSUP_ROOT: elsewhere }, root, root)).toBeNull();
  });
});
