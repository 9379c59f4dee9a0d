import { backendsListening } from '../harness/traffic/backend';
import { describeWithProxy } from '../harness/engine/describe-with';
import { containersOf, identityOf } from '../harness/engine/engine';
import { eventually } from '../harness/eventually';
import { NODE } from '../harness/engine/images';
import { output, succeeded } from '../harness/run';
import type { TestWorkspace } from '../harness/workspace/workspace';
import { startResolver } from '../segmentation/outside';
import { askFrom, membersOf, reachable, type Member } from '../segmentation/reach';
import { createSegmentedWorkspace, type SegmentedWorkspace } from '../segmentation/segmented-workspace';

const FOLDERS = ['shop', 'catalog', 'archive', 'alpha', 'lonely'];

describeWithProxy([NODE], 'five projects beside each other', () => {
  let workspace: TestWorkspace;
  let add: SegmentedWorkspace['add'];

  beforeAll(async () => {
    let resolver: string;
    ({ workspace, add, resolver } = await createSegmentedWorkspace());
    succeeded(await workspace.nx(['run-many', '-t', 'deploy']));
    await backendsListening(FOLDERS.map(workspace.name));
    await startResolver(workspace.name('resolver'), resolver);
  }, 180_000);
  afterAll(() => workspace.dispose());

  const members = (): Promise<Member[]> =>
    membersOf(Object.fromEntries(FOLDERS.map((folder) => [folder, workspace.name(folder)])));

  async function idOf(folder: string, service: string): Promise<string> {
    const found = (await containersOf(workspace.name(folder))).find((each) => each.service === service);
    if (!found) throw new Error(`${folder} runs no ${service}`);
    return found.id;
  }

  it('reach their siblings and what their edges name, and nothing else', async () => {
    const all = await members();
    const matrix = await Promise.all(
      all.map(async (from) => [from.label, await reachable(from, all)] as const),
    );
    expect(Object.fromEntries(matrix)).toEqual(MATRIX);
  });

  it('find siblings and edges by name, whatever the names of public services elsewhere', async () => {
    const catalog = `${workspace.name('catalog')}-api`;
    const named = async (folder: string, service: string, names: string[]): Promise<(string | null)[]> =>
      askFrom(await idOf(folder, service), names);
    expect(await named('shop', 'web', ['store', 'api', catalog])).toEqual([
      'shop.store',
      'catalog.api',
      'catalog.api',
    ]);
    expect(await named('shop', 'store', ['web', 'api', catalog])).toEqual([
      'shop.web',
      'catalog.api',
      'catalog.api',
    ]);
    expect(await named('catalog', 'api', ['cache', 'store'])).toEqual(['catalog.cache', 'archive.store']);
    expect(await named('archive', 'store', ['admin'])).toEqual(['archive.admin']);
    expect(await named('alpha', 'web', ['store'])).toEqual(['alpha.store']);
    expect(await named('lonely', 'job', ['web', 'api', 'store', catalog])).toEqual([null, null, null, null]);
  });

  it('keep running when a new consumer comes and goes', async () => {
    const before = await identityOf(workspace.name('archive'));
    const late = await add('late', ['worker'], ['archive:store']);
    succeeded(await workspace.nx(['deploy', late]));
    await backendsListening([late]);
    expect(await askFrom(await idOf('late', 'worker'), ['store'])).toEqual(['archive.store']);
    expect(await identityOf(workspace.name('archive'))).toEqual(before);

    await workspace.remove(`projects/${late}/ingress.yml`);
    succeeded(await workspace.nx(['deploy', late]));
    expect(await askFrom(await idOf('late', 'worker'), ['store'])).toEqual([null]);
    expect(await identityOf(workspace.name('archive'))).toEqual(before);
  });

  describe('looking up names outside', () => {
    async function honeypotLog(): Promise<string> {
      const dns = (await containersOf('proxy')).find(({ service }) => service === 'dns');
      return output('sh', ['-c', `docker logs ${dns?.id} 2>&1`]);
    }

    /** Asks for a name as any program does; what that came to, null for an address. */
    async function lookUp(container: string, name: string): Promise<string | null> {
      const script = `
        require('node:dns').lookup('${name}', (error) => console.log(JSON.stringify(error?.code ?? null)));
      `;
      return JSON.parse(await output('docker', ['exec', container, 'node', '-e', script])) as string | null;
    }

    /** Asks the honeypot itself; what it answered, null for an address. */
    async function ask(container: string, name: string): Promise<string | null> {
      const script = `
        const honeypot = new (require('node:dns').Resolver)({ timeout: 15000, tries: 1 });
        honeypot.setServers(['172.20.0.253']);
        honeypot.resolve4('${name}', (error) => console.log(JSON.stringify(error?.code ?? null)));
      `;
      return JSON.parse(await output('docker', ['exec', container, 'node', '-e', script])) as string | null;
    }

    /** The address that the honeypot's log names as the one that asked for the name. */
    async function askerOf(name: string): Promise<string | undefined> {
      const line = (await honeypotLog()).split('\n').find((each) => each.includes(name));
      return /(\d+\.\d+\.\d+\.\d+):\d+/.exec(line ?? '')?.[1];
    }

    it("is logged with the asker's address, whichever service it is", async () => {
      const askers = await members();
      await Promise.all(
        askers.map(async ({ label, id }) => {
          const name = `ordinary-${label.replace('.', '-')}.example.com`;
          expect(await lookUp(id, name)).toBeNull();
        }),
      );
      for (const { label, addresses } of askers) {
        const name = `ordinary-${label.replace('.', '-')}.example.com`;
        await eventually(async () => expect(addresses).toContain(await askerOf(name)));
      }
    });

    it.each([
      ['a service that nothing is tied to', 'lonely', 'job'],
      ['a public service', 'shop', 'web'],
    ])('is answered by the honeypot itself for %s', async (_, folder, service) => {
      const name = `direct-${folder}.example.com`;
      const id = await idOf(folder, service);
      expect(await ask(id, name)).toBeNull();
      const asker = (await members()).find((member) => member.id === id);
      await eventually(async () => expect(asker?.addresses).toContain(await askerOf(name)));
    });

    it('leaves the names of siblings and of the world resolvable while the honeypot is down', async () => {
      const dns = (await containersOf('proxy')).find(({ service }) => service === 'dns')?.id ?? '';
      await output('docker', ['stop', dns]);
      expect(await askFrom(await idOf('catalog', 'api'), ['cache'])).toEqual(['catalog.cache']);
      expect(await lookUp(await idOf('shop', 'web'), 'while-it-is-down.example.com')).toBeNull();
      await output('docker', ['start', dns]);
    });
  });
});

/** Who reaches whom, by any address: siblings, and what an edge leads to or from. The proxy is no way to others. */
const MATRIX: Record<string, string[]> = {
  'shop.web': ['catalog.api', 'shop.store'],
  'shop.store': ['catalog.api', 'shop.web'],
  'catalog.api': ['archive.store', 'catalog.cache', 'shop.store', 'shop.web'],
  'catalog.cache': ['archive.store', 'catalog.api'],
  'archive.store': ['archive.admin', 'catalog.api', 'catalog.cache'],
  'archive.admin': ['archive.store'],
  'alpha.web': ['alpha.store'],
  'alpha.store': ['alpha.web'],
  'lonely.job': [],
};
