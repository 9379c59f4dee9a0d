import { endpointSettings, keptEndpoint } from './kept-endpoint';

const ID = 'abcdef123456'.padEnd(64, '0');
const ASKED = {
  Aliases: ['db', 'abcdef123456'],
  Links: ['shop-mail-1:mail'],
  IPAddress: '10.0.0.9',
  MacAddress: '06:00:00:00:00:07',
  DriverOpts: { 'com.docker.network.endpoint.ifname': 'lan' },
  GwPriority: 100,
  IPAMConfig: { IPv4Address: '10.0.0.9', IPv6Address: 'fd00::9', LinkLocalIPs: ['169.254.8.9'] },
};

describe('keptEndpoint', () => {
  it('is all that was asked for, but for the name that the engine gives', () => {
    const kept = keptEndpoint(ASKED, ID);
    expect(kept).toEqual({
      aliases: ['db'],
      ip: '10.0.0.9',
      ip6: 'fd00::9',
      linkLocalIps: ['169.254.8.9'],
      links: ['shop-mail-1:mail'],
      mac: '06:00:00:00:00:07',
      driverOpts: { 'com.docker.network.endpoint.ifname': 'lan' },
      gwPriority: 100,
    });
    const { IPAddress: _given, ...settings } = ASKED;
    expect(endpointSettings(kept)).toEqual({ ...settings, Aliases: ['db'] });
  });

  it('is nothing where nothing was asked for', () => {
    const given = { Aliases: null, IPAddress: '172.18.0.10', MacAddress: '02:42:ac:12:00:0A', GwPriority: 0 };
    expect(keptEndpoint({ ...given, DriverOpts: null, IPAMConfig: {} }, ID)).toEqual({ aliases: [] });
    expect(endpointSettings({})).toEqual({ Aliases: [] });
  });
});
