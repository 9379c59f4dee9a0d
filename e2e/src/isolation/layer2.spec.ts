import { http } from '../harness/clients';
import { describeWithOwnEngine } from '../harness/describe-with';
import type { ContainerState } from '../harness/engine';
import { NODE } from '../harness/images';
import { output } from '../harness/run';
import { askFrom } from '../segmentation/reach';
import { openTenants, site, type Tenants } from './tenants';

/**
 * Two tenants and one who is taken over. Where `shared`, each public service has an address on proxynet, as all of them
 * had before: what is an attack there has to be none where a service is on its own networks alone.
 */
async function open(shared: boolean): Promise<Tenants> {
  let next = 50;
  const address = (): object => (shared ? { ipv4_address: `172.20.0.${(next += 1)}` } : {});
  const row = (service: string, domain: string, more: object = {}): object =>
    site(service, domain, { ...more, ...address() });
  const tenants = await openTenants({
    victim: {
      services: { web: {}, database: {} },
      ingress: [
        row('web', 'victim.localhost'),
        site('web', 'victim.localhost', { path_prefix: '/admin', allow_source_ips: ['203.0.113.0/24'] }),
      ],
    },
    zoo: {
      services: { web: { networks: ['backend'] }, cellar: { networks: ['backend'] } },
      // Its name sorts behind proxynet, whose members are asked first then.
      compose: { networks: { backend: { internal: true, name: 'zoo_backend' } } },
      ingress: [row('web', 'zoo.localhost')],
    },
    evil: {
      services: { web: {}, database: {}, cellar: {} },
      ingress: [
        row('web', 'evil.localhost'),
        row('database', 'db.localhost'),
        row('cellar', 'cellar.localhost'),
      ],
    },
  });
  await tenants.deploy('proxy', 'victim', 'zoo', 'evil');
  return tenants;
}

describe.each([
  ['on a network that all share', true],
  ['on networks of their own', false],
])('tenants %s', (_, shared) => {
  describeWithOwnEngine([NODE], 'attacked by a container that was taken over', () => {
    let tenants: Tenants;
    const found = (folder: string, service: string): Promise<ContainerState> =>
      tenants.container(folder, service);

    beforeAll(async () => {
      tenants = await open(shared);
    }, 300_000);
    afterAll(() => tenants?.dispose());

    it(`${shared ? 'have' : 'do not have'} the name of a sibling answered by somebody else`, async () => {
      const [answer] = await askFrom((await found('zoo', 'web')).id, ['cellar']);
      expect(answer).toBe(shared ? 'evil.cellar' : 'zoo.cellar');
    });

    it(`${shared ? 'have' : 'do not have'} it while their own is down`, async () => {
      const web = (await found('victim', 'web')).id;
      const database = (await found('victim', 'database')).id;
      expect(await askFrom(web, ['database'])).toEqual(['victim.database']);
      await output('docker', ['stop', '--time', '1', database]);
      expect(await askFrom(web, ['database'])).toEqual([shared ? 'evil.database' : null]);
      await output('docker', ['start', database]);
    });

    it(`${shared ? 'are' : 'are not'} asked past their allow list`, async () => {
      const { webSecure: port } = tenants.workspace.ports;
      const victim = await found('victim', 'web');
      const admin = { address: '127.0.0.1', port, tls: true, host: 'victim.localhost', path: '/admin' };
      expect((await http(admin)).status).toBe(403);
      const evil = (await found('evil', 'web')).id;
      const names = [...Object.values(victim.addresses).filter(Boolean), victim.name];
      const answers = await askFrom(evil, names);
      if (shared) expect(answers).toContain('victim.web');
      else expect(answers).toEqual(names.map(() => null));
    });
  });
});
