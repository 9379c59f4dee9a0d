import { outcomeOf, WEB } from '../testing/deploy-simulated';
import { SimulatedWorkspace } from '../testing/simulated-workspace';

let simulated: SimulatedWorkspace;
beforeEach(async () => {
  simulated = await SimulatedWorkspace.create();
});
afterEach(() => simulated.dispose());

it('gives the containers of others back to a network that is made anew, with all that they had there', async () => {
  const ofShop = (internal: boolean): void => {
    simulated.setProject('shop', { web: { ...WEB, networks: { default: null, back: null } } });
    simulated.setNetworks('shop', {
      default: { name: 'shop_default' },
      back: { name: 'shop_back', internal, ipam: { config: [{ subnet: '10.9.0.0/24' }] } },
    });
  };
  ofShop(false);
  await outcomeOf(simulated, 'shop');
  simulated.setProject('blog', {
    db: { ...WEB, networks: { default: null, shop: { aliases: ['database'], ipv4_address: '10.9.0.77' } } },
    cron: { ...WEB, networks: { default: null } },
  });
  simulated.setNetworks('blog', {
    default: { name: 'blog_default' },
    shop: { name: 'shop_back', external: true },
  });
  await outcomeOf(simulated, 'blog');
  const docker = simulated.engine.docker();
  // One of the stack's own as well: Compose gave it options that the engine alone has by now.
  const web = simulated.engine.of('shop', 'web')[0]?.id ?? '';
  const own = { aliases: ['web'], mac: '06:00:00:00:00:08' };
  await docker.disconnectNetwork('shop_back', web);
  await docker.connectNetwork('shop_back', web, own);
  const idOf = (service: string): string => simulated.engine.of('blog', service)[0]?.id ?? '';
  await docker.connectNetwork('shop_back', idOf('cron'), {
    ...{ aliases: ['cron'], links: ['blog-db-1:base'], mac: '06:00:00:00:00:07', gwPriority: 7 },
    driverOpts: { 'com.docker.network.endpoint.ifname': 'lan' },
  });
  await docker.stop([idOf('cron')]);
  const endpoints = async () =>
    (await docker.inspectContainers([idOf('db'), idOf('cron')])).map(({ networks }) => networks['shop_back']);
  const before = await endpoints();
  expect(before[0]).toMatchObject({ ipv4: '10.9.0.77' });

  ofShop(true);
  const { status, plan } = await outcomeOf(simulated, 'shop', { stacks: ['shop'] });
  expect(status).toBe('deployed');
  expect(plan?.networks).toMatchObject([{ network: 'shop_back', guests: ['blog-db-1'] }]);
  const after = await endpoints();
  const [network] = await docker.inspectNetworks(['shop_back']);
  expect(after).toEqual(before.map((endpoint) => ({ ...endpoint, networkId: network?.id })));
  expect((await docker.inspectContainers([web]))[0]?.networks['shop_back']?.endpoint).toMatchObject(own);
  expect(network).toMatchObject({ internal: true });
  expect(after[0]?.networkId).not.toBe(before[0]?.networkId);
});
