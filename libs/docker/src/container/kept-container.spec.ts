import { keptContainer, type RawKept } from './kept-container';

const ID = 'abcdef123456'.padEnd(64, '0');

const RAW: RawKept = {
  Id: ID,
  Name: '/shop-db-1',
  Image: 'sha256:old',
  Config: { Image: 'db:1', Hostname: 'abcdef123456', Env: ['A=1'], Labels: { a: 'b' } },
  HostConfig: {
    NetworkMode: 'shop_default',
    Binds: ['/srv:/srv:ro'],
    Mounts: [
      { Type: 'volume', Source: 'shop_named', Target: '/named' },
      { Type: 'volume', Target: '/anonymous' },
    ],
    Memory: 7,
  },
  Mounts: [
    { Type: 'bind', Destination: '/srv', RW: false },
    { Type: 'volume', Name: 'shop_named', Destination: '/named', RW: true },
    { Type: 'volume', Name: 'beef', Destination: '/anonymous', RW: true },
    { Type: 'volume', Name: 'f00d', Destination: '/data', RW: true },
  ],
  NetworkSettings: {
    Networks: {
      back: {
        Aliases: ['db', 'abcdef123456'],
        IPAMConfig: { IPv4Address: '10.0.0.9', IPv6Address: 'fd00::9', LinkLocalIPs: ['169.254.8.9'] },
        Links: ['shop-mail-1:mail'],
        MacAddress: '06:00:00:00:00:07',
        DriverOpts: { 'com.docker.network.endpoint.ifname': 'lan' },
      },
      shop_default: { Aliases: ['db'], MacAddress: '06:00:00:00:00:08', GwPriority: 3, IPAMConfig: null },
    },
  },
};

describe('keptContainer', () => {
  it('makes the same again: image, environment, anonymous volumes, names on its networks', () => {
    expect(keptContainer(RAW, true)).toEqual({
      id: ID,
      imageId: 'sha256:old',
      name: 'shop-db-1',
      body: {
        Image: 'db:1',
        Env: ['A=1'],
        Labels: { a: 'b' },
        HostConfig: {
          NetworkMode: 'shop_default',
          Binds: ['/srv:/srv:ro', 'f00d:/data'],
          Mounts: [
            { Type: 'volume', Source: 'shop_named', Target: '/named' },
            { Type: 'volume', Source: 'beef', Target: '/anonymous' },
          ],
          Memory: 7,
        },
        MacAddress: '06:00:00:00:00:08',
        NetworkingConfig: {
          EndpointsConfig: {
            shop_default: { Aliases: ['db'], MacAddress: '06:00:00:00:00:08', GwPriority: 3 },
          },
        },
      },
      networks: [
        {
          name: 'back',
          aliases: ['db'],
          ip: '10.0.0.9',
          ip6: 'fd00::9',
          linkLocalIps: ['169.254.8.9'],
          links: ['shop-mail-1:mail'],
          mac: '06:00:00:00:00:07',
          driverOpts: { 'com.docker.network.endpoint.ifname': 'lan' },
        },
      ],
    });
  });

  it('takes the image by its id where the name has moved on, and a host name that was asked for', () => {
    const { body } = keptContainer({ ...RAW, Config: { ...RAW.Config, Hostname: 'mail' } }, false);
    expect(body).toMatchObject({ Image: 'sha256:old', Hostname: 'mail' });
  });

  it('joins no network where it uses that of another container', () => {
    const raw = {
      ...RAW,
      Config: { ...RAW.Config, Hostname: '0123456789ab' },
      HostConfig: { NetworkMode: 'container:vpn' },
      NetworkSettings: { Networks: {} },
    };
    expect(keptContainer(raw, true)).toMatchObject({ networks: [] });
    expect(keptContainer(raw, true).body).not.toHaveProperty('NetworkingConfig');
    expect(keptContainer(raw, true).body).not.toHaveProperty('Hostname');
  });
});
