import { temporaryFolder } from '../testing/temporary-folder';
import { workspaceAt } from '../workspace/find-workspace';
import { allStacks, nxPatterns, resolveStacks, stacksOf } from './stack-names';

const root = temporaryFolder({
  'package.json': '{"name": "root"}',
  'projects/blog/docker-compose.yml': 'services: {}',
  'projects/itsup/docker-compose.yml': 'services: {}',
  'projects/root/docker-compose.yml': 'services: {}',
});

describe('resolveStacks', () => {
  it('takes a project by its name or its folder, and the proxy by its old names, each once', async () => {
    expect(await resolveStacks(root, ['blog', 'traefik', 'projects/blog/', 'proxy'])).toEqual([
      'blog',
      'proxy',
    ]);
  });

  it('refuses what is not there', async () => {
    await expect(resolveStacks(root, ['shop'])).rejects.toThrow('there is no project "shop"');
  });
});

it('allStacks puts the proxy first', async () => {
  expect(await allStacks(root)).toEqual(['proxy', 'blog', 'itsup', 'root']);
});

it('nxPatterns names the folders, and the proxy by its tag', () => {
  expect(nxPatterns(workspaceAt(root), ['proxy', 'itsup'])).toEqual([
    'tag:itsup:proxy',
    'directory:projects/itsup',
  ]);
});

it('stacksOf finds the stacks by the names that inference gives, the renamed ones too', async () => {
  const names = ['itsup-proxy', 'projects/root', 'blog', 'another'];
  expect(await stacksOf(workspaceAt(root), names)).toEqual(['proxy', 'blog', 'root']);
});
