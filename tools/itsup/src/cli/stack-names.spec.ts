import { temporaryFolder } from '../testing/temporary-folder';
import { allStacks, nxNames, resolveStacks } from './stack-names';

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

it('nxNames gives the names that inference gives', () => {
  expect(nxNames(root, ['proxy', 'itsup', 'root'])).toEqual(['proxy', 'itsup', 'projects/root']);
});
