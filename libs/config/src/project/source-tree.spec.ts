import { fixture, outline, readAt } from '../testing/fixtures';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readWorkspace } from './read-workspace';
import { readWorkspaceFrom, type SourceTree } from './source-tree';

/** The files of a fixture, as a generator's tree has them. */
function treeOf(root: string): SourceTree {
  const quietly = <T>(act: () => T, otherwise: T): T => {
    try {
      return act();
    } catch {
      return otherwise;
    }
  };
  return {
    list: (folder) => quietly(() => readdirSync(join(root, folder)), []),
    read: (file) => quietly(() => readFileSync(join(root, file), 'utf8'), null),
  };
}

describe('readWorkspaceFrom', () => {
  it.each(['all-keys', 'container', 'external', 'settings/all', 'compose/extends', 'bad/unknown-keys'])(
    'reads %s as it is read from the disk',
    async (name) => {
      const root = fixture(name);
      expect(readWorkspaceFrom(treeOf(root))).toEqual(await readWorkspace(root));
    },
  );

  it('takes what is not there for missing, and what lies outside for that', async () => {
    const root = fixture('extends-outside');
    const { problems } = readWorkspaceFrom(treeOf(root));
    expect(outline(problems)).toEqual(outline((await readAt(root, 'app')).problems));
  });

  it('refuses a file that no person wrote', () => {
    const tree: SourceTree = {
      list: (folder) => (folder === 'projects' ? ['app'] : ['compose.yml']),
      read: (file) => (file.endsWith('compose.yml') ? '#'.repeat(600_000) : null),
    };
    expect(readWorkspaceFrom(tree).problems.map(({ code }) => code)).toContain('file-too-big');
  });
});
