import type { CreateDependenciesContext } from '@nx/devkit';
import { temporaryFolder } from '../testing/temporary-folder';
import { createDependencies } from './create-dependencies';

/** The edges that Nx is told of in a workspace with these ingress files, by project. */
async function edges(ingress: Record<string, string>): Promise<string[]> {
  const names = Object.keys(ingress);
  const root = temporaryFolder({
    ...Object.fromEntries(names.map((name) => [`projects/${name}/ingress.yml`, ingress[name] ?? ''])),
    ...Object.fromEntries(names.map((name) => [`projects/${name}/docker-compose.yml`, 'services: {}'])),
  });
  const context: CreateDependenciesContext = {
    externalNodes: {},
    nxJsonConfiguration: {},
    filesToProcess: { nonProjectFiles: [], projectFileMap: {} },
    workspaceRoot: root,
    projects: Object.fromEntries(
      ['proxy', ...names].map((name) => [name, { root: name === 'proxy' ? name : `projects/${name}` }]),
    ),
    fileMap: {
      projectFileMap: Object.fromEntries(
        names.map((name) => [name, [{ file: `projects/${name}/ingress.yml`, hash: '' }]]),
      ),
      nonProjectFiles: [],
    },
  };
  const found = await createDependencies(undefined, context);
  return found.map(({ source, target }) => `${source ?? ''} → ${target}`).sort();
}

describe('createDependencies', () => {
  it('leads from the consumer to each provider once', async () => {
    expect(
      await edges({
        shop: 'egress: ["db:postgres", "db:redis", "auth:api"]\n',
        auth: 'egress:\n  - db:postgres\n',
        db: '',
      }),
    ).toEqual(['auth → db', 'shop → auth', 'shop → db']);
  });

  it('leaves out a provider that does not exist, the project itself, and the proxy', async () => {
    expect(await edges({ shop: 'egress: ["nope:web", "shop:db", "proxy:traefik"]\n' })).toEqual([]);
  });

  it('leaves out the edge that closes a circle, which Nx could not order', async () => {
    const circle = {
      a: 'egress: ["c:web"]\n',
      b: 'egress: ["a:web"]\n',
      c: 'egress: ["b:web", "d:web"]\n',
      d: '',
    };
    expect(await edges(circle)).toEqual(['b → a', 'c → b', 'c → d']);
  });

  it('reads past a broken file', async () => {
    expect(await edges({ shop: 'egress: [', api: 'egress: ["shop:web"]\n' })).toEqual(['api → shop']);
  });
});
