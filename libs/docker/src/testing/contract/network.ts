import type { ContractKit } from './kit';

/** What networks there are, and who is on them. */
export function networkContract(kit: ContractKit): void {
  const { compose, faultOf, inspected, listed, only, stackOf } = kit;

  describe('a network', () => {
    it('is made once, told by id and name, and not removed while somebody is on it', async () => {
      const name = `${kit.subject.prefix}net`;
      const spec = { name, subnet: '10.213.8.0/24', internal: true, labels: { made: 'here' } };
      const id = await kit.docker.createNetwork(spec);
      expect(await faultOf(kit.docker.createNetwork(spec))).toEqual({
        code: 'network-exists',
        network: name,
      });
      expect(await kit.docker.listNetworks({ labelFilters: ['made=here'], labels: ['made'] })).toEqual([
        { id, name, driver: 'bridge', labels: { made: 'here' } },
      ]);
      expect(await kit.docker.inspectNetworks(['no-such-network', id])).toMatchObject([
        { id, name, internal: true, containers: [], subnets: [{ subnet: '10.213.8.0/24' }] },
      ]);
      await compose({ web: kit.subject.service('healthy') }).up();
      const web = await only('web');
      await kit.docker.connectNetwork(name, web.id);
      expect(await faultOf(kit.docker.removeNetwork(name))).toEqual({
        code: 'network-in-use',
        network: name,
      });
      await kit.docker.disconnectNetwork(name, web.id);
      await kit.docker.removeNetwork(name);
      await kit.docker.removeNetwork(name);
      expect(await faultOf(kit.docker.connectNetwork(name, web.id))).toMatchObject({
        code: 'network-not-found',
      });
    });

    it('gives an address and aliases for as long as the container runs', async () => {
      const name = `${kit.subject.prefix}net`;
      await kit.docker.createNetwork({ name, subnet: '10.213.8.0/24' });
      await compose({ web: kit.subject.service('healthy'), api: kit.subject.service('healthy') }).up();
      const [web, api] = [await only('web'), await only('api')];
      expect(web.networks[`${kit.project}_default`]?.aliases).toContain('web');
      expect(web.networks[`${kit.project}_default`]?.ipv4).not.toBe(
        api.networks[`${kit.project}_default`]?.ipv4,
      );
      await kit.docker.connectNetwork(name, web.id, { aliases: ['shop'], ip: '10.213.8.9' });
      await kit.docker.connectNetwork(name, web.id, { aliases: ['other'] });
      const joined = (await inspected(web.id)).networks[name];
      expect(joined).toMatchObject({ ipv4: '10.213.8.9', endpoint: { ip: '10.213.8.9' } });
      expect(joined?.aliases).toContain('shop');
      expect(joined?.aliases).not.toContain('other');
      expect((await listed('web'))[0]?.networks.sort()).toEqual([`${kit.project}_default`, name].sort());
      expect(await faultOf(kit.docker.connectNetwork(name, api.id, { ip: '10.213.8.9' }))).toMatchObject({
        code: 'address-taken',
      });
      // The engine goes on naming the network, on which the container has no address, whatever is asked of it.
      expect((await inspected(api.id)).networks[name]).toMatchObject({ ipv4: null });
      await kit.docker.disconnectNetwork(name, api.id);
      expect((await inspected(api.id)).networks[name]).toMatchObject({ ipv4: null });
      await kit.docker.stop([web.id]);
      expect((await inspected(web.id)).networks[name]?.ipv4).toBeNull();
      expect((await kit.docker.inspectNetworks([name]))[0]?.containers).toEqual([]);
      await kit.docker.start([web.id]);
      expect((await kit.docker.inspectNetworks([name]))[0]?.containers).toMatchObject([
        { id: web.id, name: web.name, ipv4: '10.213.8.9' },
      ]);
      await kit.docker.disconnectNetwork(name, web.id);
      await kit.docker.connectNetwork(name, web.id, { links: [`${api.name}:database`] });
      expect((await inspected(web.id)).networks[name]).toMatchObject({
        endpoint: { links: [`${api.name}:database`] },
      });
      await kit.docker.disconnectNetwork(name, web.id);
      await kit.docker.disconnectNetwork(name, web.id);
      expect(Object.keys((await inspected(web.id)).networks)).toEqual([`${kit.project}_default`]);
      expect(await faultOf(kit.docker.connectNetwork(name, 'no-such-container'))).toMatchObject({
        code: 'container-not-found',
      });
    });
  });

  it('puts a container onto a network again with all that it was asked for there', async () => {
    const name = `${kit.subject.prefix}net`;
    const spec = { name, subnet: '10.213.8.0/24' };
    await kit.docker.createNetwork(spec);
    await compose({ web: kit.subject.service('healthy') }).up();
    const web = await only('web');
    // Sent by the engine's API. Neither 20.10 nor 28.5 takes the address itself but where a container is made.
    const mac = '06:00:0a:d5:08:07';
    await kit.docker.connectNetwork(name, web.id, { aliases: ['shop'], ip: '10.213.8.9', mac });
    const { endpoint } = (await inspected(web.id)).networks[name] ?? {};
    expect(endpoint).toMatchObject({ aliases: expect.arrayContaining(['shop']), ip: '10.213.8.9' });
    await kit.docker.disconnectNetwork(name, web.id);
    await kit.docker.removeNetwork(name);
    await kit.docker.createNetwork(spec);
    await kit.docker.connectNetwork(name, web.id, endpoint);
    await kit.docker.connectNetwork(name, web.id, endpoint);
    const { mac: _before, ...kept } = endpoint ?? {};
    expect((await inspected(web.id)).networks[name]?.endpoint).toMatchObject(kept);
    expect(await faultOf(kit.docker.connectNetwork('no-such-network', web.id, { mac }))).toMatchObject({
      code: 'network-not-found',
    });
    expect(await faultOf(kit.docker.connectNetwork(name, 'no-such-container', { mac }))).toMatchObject({
      code: 'container-not-found',
    });
  });

  it('says which networks its commands made', async () => {
    const made: string[] = [];
    const watched = kit.docker.with({ onNetwork: (name) => made.push(name) });
    const stack = watched.compose(stackOf({ web: kit.subject.service('healthy') }));
    await stack.up();
    await stack.up();
    expect(made).toEqual([`${kit.project}_default`]);
  });
}
