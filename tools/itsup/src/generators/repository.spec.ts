import { createTreeWithEmptyWorkspace } from '@nx/devkit/testing';
import { parse } from 'yaml';
import repository from './repository';

it('writes what a repository needs, and leaves what is there', async () => {
  const tree = createTreeWithEmptyWorkspace();
  tree.write('nx.json', '{"plugins": ["itsup"]}');
  tree.write('README.md', 'mine');
  await repository(tree);
  expect(tree.read('README.md', 'utf8')).toBe('mine');
  expect(tree.exists('projects/itsup.yml')).toBe(true);
  expect(JSON.parse(tree.read('nx.json', 'utf8') ?? '')).toEqual({ plugins: ['itsup'] });
  const workflow = tree.read('.github/workflows/deploy.yml', 'utf8') ?? '';
  expect(parse(workflow)).toMatchObject({
    permissions: {},
    jobs: {
      deploy: {
        'runs-on': ['self-hosted', 'itsup'],
        permissions: {},
        concurrency: { 'cancel-in-progress': false },
      },
    },
  });
  expect(
    workflow
      .trimEnd()
      .split('\n')
      .filter((line) => !line.startsWith('#')).length,
  ).toBeLessThanOrEqual(15);
});
