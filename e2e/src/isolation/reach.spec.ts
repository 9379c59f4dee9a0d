import { BACKEND } from '../harness/traffic/backend';
import { describeWithOwnEngine } from '../harness/engine/describe-with';
import { http } from '../harness/traffic/clients';
import { containersOf } from '../harness/engine/engine';
import { eventually } from '../harness/eventually';
import { NODE } from '../harness/engine/images';
import { freePorts } from '../harness/traffic/ports';
import { output } from '../harness/run';
import { traefikApi } from '../routes/traefik';
import { OUTSIDE, resolverAddress, startResolver } from '../segmentation/outside';
import { askFrom, membersOf, reachable, type Member } from '../segmentation/reach';
import { nodeIn } from './attackers';
import { openTenants, site, type Tenant, type Tenants } from './tenants';

const HONEYPOT = '172.20.0.253';

/** A project for each kind of network that Compose gives a service, and each kind of tie between projects. */
const TENANTS: Record<string, Tenant> = {
  /** On the network that Compose makes by itself; asks the catalog. */
  shop: { services: { web: {}, database: {} }, ingress: [site('web', 'shop.localhost')] },
  catalog: { services: { web: {}, api: {}, cache: {} }, ingress: [site('web', 'catalog.localhost')] },
  /** On networks of its own choice. */
  custom: {
    services: { web: { networks: ['front', 'back'] }, store: { networks: ['back'] } },
    compose: { networks: { front: {}, back: {} } },
    ingress: [site('web', 'custom.localhost')],
  },
  /** Cut off from the outside, and public all the same. */
  vault: {
    services: { web: { networks: ['inner'] }, store: { networks: ['inner'] } },
    compose: { networks: { inner: { internal: true } } },
    ingress: [site('web', 'vault.localhost')],
  },
  lonely: { services: { job: {} } },
  /** Asks others' services, and gives its own the names of their siblings. */
  taker: { services: { store: {}, cache: {} } },
};

/** Who answers whom, at whichever address of the one that is asked. */
const BY_ADDRESS: Record<string, string[]> = {
  'shop.web': ['catalog.api', 'shop.database'],
  'shop.database': ['catalog.api', 'shop.web'],
  'catalog.web': ['catalog.api', 'catalog.cache'],
  // An edge is a network of the consumer's services and this one: it leads both ways.
  'catalog.api': [
    ...['catalog.cache', 'catalog.web', 'shop.database', 'shop.web', 'taker.cache', 'taker.store'],
  ],
  'catalog.cache': ['catalog.api', 'catalog.web'],
  'custom.web': ['custom.store'],
  'custom.store': ['custom.web'],
  'vault.web': ['vault.store'],
  'vault.store': ['vault.web'],
  'tower.local': ['tower.open'],
  'tower.open': ['tower.local'],
  'lonely.job': [],
  'taker.store': ['catalog.api', 'taker.cache'],
  'taker.cache': ['catalog.api', 'taker.store'],
};

/** Who answers to a name; `<shop>` stands for the Compose project's name. */
const BY_NAME: [from: string, name: string, answer: string | null][] = [
  ['shop.web', 'database', 'shop.database'],
  ['shop.database', 'web', 'shop.web'],
  ['catalog.api', 'cache', 'catalog.cache'],
  ['catalog.api', 'web', 'catalog.web'],
  ['custom.web', 'store', 'custom.store'],
  ['vault.web', 'store', 'vault.store'],
  ['vault.store', 'web', 'vault.web'],
  // By its edge, under both names, and nothing else of its provider.
  ['shop.web', 'api', 'catalog.api'],
  ['shop.web', '<catalog>-api', 'catalog.api'],
  ['shop.database', 'api', 'catalog.api'],
  ['shop.web', 'cache', null],
  ['shop.web', '<catalog>-web', null],
  ['shop.web', '<catalog>-web-1', null],
  ['catalog.web', 'database', null],
  ['catalog.cache', 'database', null],
  // Public services, by each name that Compose and Docker give them.
  ['lonely.job', 'web', null],
  ['lonely.job', '<shop>-web-1', null],
  ['custom.web', '<shop>-web-1', null],
  ['vault.web', '<shop>-web-1', null],
  ['shop.web', '<vault>-web-1', null],
  ['lonely.job', '<catalog>-api', null],
  ['lonely.job', 'socketproxy', null],
  ['lonely.job', 'proxy-dns-1', null],
];

/** Prints which of the `host:port` accept a connection. */
const CONNECT = `
const targets = process.argv.slice(1);
const isOpen = (target) => new Promise((resolve) => {
  const at = target.lastIndexOf(':');
  const socket = require('net').connect({ host: target.slice(0, at), port: Number(target.slice(at + 1)), timeout: 4000 });
  const tell = (answer) => { socket.destroy(); resolve(answer); };
  socket.on('connect', () => tell(true)).on('error', () => tell(false)).on('timeout', () => tell(false));
});
Promise.all(targets.map(isOpen)).then((open) => {
  console.log(JSON.stringify(targets.filter((_, index) => open[index])));
  process.exit();
});
`;

/** Looks a name up as any program does, and asks the DNS server itself; the address, or what came instead. */
const LOOK_UP = `
const dns = require('dns');
const resolver = new dns.Resolver({ timeout: 3000, tries: 1 });
resolver.setServers(['${HONEYPOT}']);
const [name] = process.argv.slice(1);
dns.lookup(name, { family: 4 }, (error, own) =>
  resolver.resolve4('direct-' + name, (refusal, direct) => {
    console.log(JSON.stringify({ own: error?.code ?? own, direct: refusal?.code ?? direct[0] }));
    process.exit();
  }));
`;

describeWithOwnEngine([NODE], 'who reaches whom', () => {
  let tenants: Tenants;
  let all: Member[];
  /** Ports of the host that a project publishes: on the loopback, and everywhere. */
  let published: { local: number; open: number };

  beforeAll(async () => {
    const resolver = await resolverAddress();
    const [local = 0, open = 0] = await freePorts(2);
    published = { local, open };
    tenants = await openTenants(TENANTS, { settings: { dns: { resolvers: [resolver] } } });
    const { workspace } = tenants;
    await tenants.write('shop', {
      ...(TENANTS['shop'] as Tenant),
      rows: { egress: [`${workspace.name('catalog')}:api`] },
    });
    await tenants.write('taker', {
      ...(TENANTS['taker'] as Tenant),
      rows: { egress: [`${workspace.name('catalog')}:api`] },
    });
    await tenants.write('tower', {
      services: {
        local: { ports: [`127.0.0.1:${local}:${BACKEND.http}`] },
        open: { ports: [`${open}:${BACKEND.http}`] },
      },
    });
    await workspace.commit('Add the tenants that name others');
    await startResolver(workspace.name('resolver'), resolver);
    const folders = [...Object.keys(TENANTS), 'tower'];
    await tenants.deploy('proxy', ...folders);
    all = await membersOf(Object.fromEntries(folders.map((folder) => [folder, workspace.name(folder)])));
  }, 300_000);
  afterAll(() => tenants?.dispose());

  function idOf(label: string): string {
    const found = all.find((member) => member.label === label);
    if (!found) throw new Error(`no ${label} runs`);
    return found.id;
  }
  const realName = (name: string): string =>
    name.replace(/<(\w+)>/, (_, folder: string) => tenants.workspace.name(folder));

  const forEach = <T>(answer: (label: string) => T): Record<string, T> =>
    Object.fromEntries(all.map(({ label }) => [label, answer(label)]));
  const isCutOff = (label: string): boolean => label.startsWith('vault.');

  /** Of the targets, those that accept a connection from each member. */
  async function openFor(targets: string[]): Promise<Record<string, string[]>> {
    const found = await Promise.all(
      all.map(async ({ label, id }) => {
        const { stdout, all: text } = await nodeIn(id, CONNECT, ...targets);
        if (stdout === '') throw new Error(text);
        return [label, JSON.parse(stdout) as string[]] as const;
      }),
    );
    return Object.fromEntries(found);
  }

  it('by address: siblings, and the two ends of an edge', async () => {
    const matrix = await Promise.all(
      all.map(async (from) => [from.label, await reachable(from, all)] as const),
    );
    expect(Object.fromEntries(matrix)).toEqual(BY_ADDRESS);
  });

  it('by name: siblings, on internal networks too, and what an edge names', async () => {
    const answers = await Promise.all(
      BY_NAME.map(async ([from, name]) => {
        const [answer = null] = await askFrom(idOf(from), [realName(name)]);
        return [from, name, answer];
      }),
    );
    expect(answers).toEqual(BY_NAME);
  });

  it('nobody asks Traefik’s API, the engine, the DNS server’s health or a port on the loopback, and the host does', async () => {
    const { port } = await traefikApi();
    const proxy = await containersOf('proxy');
    const socketproxy = proxy.find(({ service }) => service === 'socketproxy');
    // It is on no network, so there is no address to ask.
    expect(Object.values(socketproxy?.addresses ?? { gone: 'gone' }).filter(Boolean)).toEqual([]);
    const hosts = (
      await output('sh', ['-c', `ip -4 -o address show scope global | awk '{print $4}' | cut -d/ -f1`])
    ).split('\n');
    expect(hosts.length).toBeGreaterThan(5);
    // The engine on its two usual ports, its metrics, the socket proxy as it was on TCP.
    const guarded = [port, published.local, 2375, 2376, 9323];
    const own = proxy.flatMap(({ addresses }) => Object.values(addresses).filter(Boolean));
    const targets = [
      ...[...hosts, '127.0.0.1'].flatMap((host) => guarded.map((each) => `${host}:${each}`)),
      ...own.flatMap((address) => [80, 2375, 8080, 8181, 9153].map((each) => `${address}:${each}`)),
    ];
    expect(await openFor(targets)).toEqual(forEach(() => []));
    for (const each of [port, published.local])
      expect(
        (await http({ address: '127.0.0.1', port: each, host: 'localhost', path: '/ping' })).status,
      ).toBe(200);
  });

  it('a public site is asked as any client asks it, unless Docker 28 and Compose cut the asker off; a published port by the host', async () => {
    const gateway = await resolverAddress();
    const site = `${gateway}:${tenants.workspace.ports.webSecure}`;
    // Before 28 a container on an internal network has a way to the host itself.
    const version = await output('docker', ['version', '--format', '{{.Server.Version}}']);
    const isKept = (label: string): boolean => isCutOff(label) && Number.parseInt(version, 10) >= 28;
    expect(await openFor([site])).toEqual(forEach((label) => (isKept(label) ? [] : [site])));
    for (const [port, name] of [
      [published.open, 'tower.open'],
      [published.local, 'tower.local'],
    ] as const)
      expect((await http({ address: '127.0.0.1', port, host: 'localhost' })).body).toContain(name);
  });

  it('has no way to the engine by a file', async () => {
    const look = `console.log(['/var/run/docker.sock', '/engine'].filter((path) => require('fs').existsSync(path)).join())`;
    for (const { id } of all) expect((await nodeIn(id, look)).all).toBe('');
  });

  it('looks up names outside by the DNS server that logs them, unless Compose cut it off', async () => {
    const look = async ({ label, id }: Member): Promise<[string, { own: string; direct: string }]> => {
      const { stdout, all: text } = await nodeIn(id, LOOK_UP, `${label.replace('.', '-')}.example.com`);
      if (stdout === '') throw new Error(text);
      return [label, JSON.parse(stdout) as { own: string; direct: string }];
    };
    await eventually(async () => expect((await look(all[0] as Member))[1]).toMatchObject({ own: OUTSIDE }));
    const answers = Object.fromEntries(await Promise.all(all.map(look)));
    const isAnswered = ({ own, direct }: { own: string; direct: string }): boolean[] => [
      own === OUTSIDE,
      direct === OUTSIDE,
    ];
    expect(forEach((label) => isAnswered(answers[label] ?? { own: 'none', direct: 'none' }))).toEqual(
      forEach((label) => (isCutOff(label) ? [false, false] : [true, true])),
    );
  });

  it('lets nobody bring the name of a sibling onto an edge to a service that asks the edge first', async () => {
    const { workspace } = tenants;
    const edge = `${workspace.name('vault')}:web`;
    await tenants.write('taker', { ...(TENANTS['taker'] as Tenant), rows: { egress: [edge] } });
    const refused = await workspace.nx(['deploy', workspace.name('taker')]);
    expect(refused.exitCode).not.toBe(0);
    expect(refused.all).toContain(`answers to that name in place of ${workspace.name('vault')}:store`);
    expect(await askFrom(idOf('vault.web'), ['store'])).toEqual(['vault.store']);
  });

  it('has it taken where the provider named the one who brings it, which is what the refusal is for', async () => {
    const { workspace } = tenants;
    const exports = { web: [workspace.name('taker')] };
    await tenants.write('vault', { ...(TENANTS['vault'] as Tenant), rows: { exports } });
    await tenants.deploy('taker');
    expect(await askFrom(idOf('vault.web'), ['store'])).toEqual(['taker.store']);
  });
});
