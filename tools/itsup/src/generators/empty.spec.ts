import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { EXAMPLES } from '@itsup/scaffold';
import { generatorTree, printed } from '../testing/generator-tree';
import empty from './empty';

const WORKSPACE = join(__dirname, '../../../..');
const examples = Object.fromEntries(
  EXAMPLES.flatMap((name) =>
    readdirSync(join(WORKSPACE, 'projects', name), { withFileTypes: true, recursive: true })
      .filter((entry) => entry.isFile())
      .map((entry) => {
        const path = join(entry.parentPath, entry.name);
        return [relative(WORKSPACE, path), readFileSync(path, 'utf8')] as const;
      }),
  ),
);

describe('nx g itsup:empty', () => {
  it('removes the examples and leaves settings that are commented out', async () => {
    const tree = generatorTree(examples);
    const next = await empty(tree, {});
    expect(tree.children('projects')).toEqual(['itsup.yml']);
    const settings = tree.read('projects/itsup.yml', 'utf8') ?? '';
    expect(settings.split('\n').every((line) => line === '' || line.startsWith('#'))).toBe(true);
    expect(await printed(next)).toContain('A first project: npx nx g itsup:project');
  });

  it('refuses when there are other projects, and does as it is told', async () => {
    const files = { ...examples, 'projects/blog/ingress.yml': 'host: a\n' };
    const refused = empty(generatorTree(files), {});
    await expect(refused).rejects.toMatchObject({
      message: expect.stringContaining(': blog') as string,
      stack: '',
    });
    const kept = generatorTree(files);
    await empty(kept, { own: 'keep' });
    expect(kept.children('projects').sort()).toEqual(['blog', 'itsup.yml']);
    const removed = generatorTree(files);
    await empty(removed, { own: 'remove' });
    expect(removed.children('projects')).toEqual(['itsup.yml']);
  });

  it('writes the settings that ship', () => {
    const shipped = readFileSync(join(WORKSPACE, 'projects/itsup.yml'), 'utf8');
    const isUntouched = shipped.split('\n').every((line) => line === '' || line.startsWith('#'));
    const template = readFileSync(join(WORKSPACE, 'templates/init/itsup.yml'), 'utf8');
    // An operator's workspace has settings of its own.
    expect(isUntouched ? shipped : template).toBe(template);
  });
});
