import { apiAddressOf, entryPointsOf, parseAddress, staticChange } from '@itsup/traefik';
import { handoverMode, lossNote } from '../redirect/mode';
import { drainLimit } from '../redirect/drain-ports';
import { chooseShadows, shadowConfiguration, trialConfiguration } from './shadow-configuration';

const configuration = {
  api: { insecure: true },
  entryPoints: {
    traefik: { address: '127.0.0.1:8082' },
    web: {
      address: ':8080',
      reusePort: true,
      http: { redirections: { entryPoint: { to: 'web-secure', scheme: 'https' } } },
    },
    'web-secure': {
      address: ':8443',
      reusePort: true,
      http3: {},
      transport: { keepAliveMaxTime: '60s', lifeCycle: { graceTimeOut: '10s' } },
    },
    'udp-53': { address: '10.0.0.1:53/udp', reusePort: true },
    lapi: { address: '127.0.0.1:18080', reusePort: true },
  },
};

describe('the trial', () => {
  const having = (experimental: object): Record<string, unknown> => ({ ...configuration, experimental });

  it('comes up without plugins, which it has no network to download', () => {
    const plugins = { crowdsec: { moduleName: 'a/b', version: 'v1' } };
    expect(trialConfiguration(having({ abortOnPluginFailure: true, plugins }))).toEqual(
      having({ abortOnPluginFailure: false, plugins }),
    );
  });

  it('does not come up without what is loaded from disk', () => {
    const local = having({ abortOnPluginFailure: true, localPlugins: { crowdsec: { moduleName: 'a/b' } } });
    expect(trialConfiguration(local)).toBe(local);
    expect(trialConfiguration(configuration)).toBe(configuration);
  });
});

describe('the temporary instance', () => {
  const { shadows, apiPort } = chooseShadows(configuration, (port) => port === 20_001);
  const shadow = shadowConfiguration(configuration, shadows, apiPort);

  it('listens on free ports of its own, below those of outgoing connections', () => {
    const ports = [...new Set(shadows.map(({ shadowPort }) => shadowPort)), apiPort];
    expect(ports).toEqual([20_000, 20_002, 20_003, 20_004, 20_005]);
  });

  it('has every entry point elsewhere, loopback ones on the loopback', () => {
    expect(
      entryPointsOf(shadow).map(({ name, host, port, protocol }) => [name, host, port, protocol]),
    ).toEqual([
      ['lapi', '127.0.0.1', 20_000, 'tcp'],
      ['traefik', '127.0.0.1', apiPort, 'tcp'],
      ['udp-53', '', 20_002, 'udp'],
      ['web', '', 20_003, 'tcp'],
      ['web-secure', '', 20_004, 'tcp'],
    ]);
    expect(apiAddressOf(shadow)).toBe(`http://127.0.0.1:${apiPort}`);
  });

  it('tells browsers the public ports', () => {
    expect(shadow['entryPoints']).toMatchObject({
      web: { http: { redirections: { entryPoint: { to: ':8443', scheme: 'https' } } } },
      'web-secure': { http3: { advertisedPort: 8443 } },
    });
  });

  it('redirects HTTP/3 too, which is UDP on the same port', () => {
    const secure = shadows.filter(({ entryPoint }) => entryPoint === 'web-secure');
    expect(secure.map(({ protocol, port, shadowPort }) => [protocol, port, shadowPort])).toEqual([
      ['tcp', 8443, 20_004],
      ['udp', 8443, 20_004],
    ]);
  });

  it('keeps everything else, and lets go of kept connections soon', () => {
    expect(shadow['api']).toEqual({ insecure: true });
    expect(shadow['entryPoints']).toMatchObject({
      'web-secure': { transport: { keepAliveMaxTime: '3s', lifeCycle: { graceTimeOut: '10s' } } },
      'udp-53': { address: ':20002/udp', reusePort: true },
    });
  });
});

describe('staticChange', () => {
  it('is nothing for another order, another spelling of a value, or the first start', () => {
    const reordered = {
      entryPoints: Object.fromEntries(Object.entries(configuration.entryPoints).reverse()),
      api: { insecure: 'true' },
    };
    expect(staticChange(configuration, reordered)).toEqual({ reasons: [], added: [] });
    expect(staticChange(null, configuration).reasons).toEqual([]);
    expect(staticChange(null, configuration).added).toHaveLength(5);
  });

  it('names what differs, and the new ports', () => {
    const { web, ...rest } = configuration.entryPoints;
    void web;
    const next = {
      api: { insecure: false },
      certificatesResolvers: { letsencrypt: { acme: {} } },
      entryPoints: { ...rest, 'udp-53': { address: '10.0.0.1:53/udp' }, 'tcp-5432': { address: ':5432' } },
    };
    expect(staticChange(configuration, next)).toEqual({
      reasons: [
        'api changed',
        'certificate resolver letsencrypt added',
        'entry point tcp-5432 added',
        'entry point udp-53 changed',
        'entry point web removed',
      ],
      added: [{ name: 'tcp-5432', host: '', port: 5432, protocol: 'tcp', http3: false }],
    });
  });
});

it.each([
  [':80', { host: '', port: 80, protocol: 'tcp' }],
  ['10.0.0.1:53/udp', { host: '10.0.0.1', port: 53, protocol: 'udp' }],
  ['[::1]:443/tcp', { host: '::1', port: 443, protocol: 'tcp' }],
  ['nonsense', null],
])('the address %s', (address, expected) => {
  expect(parseAddress(address)).toEqual(expected);
});

describe('without the packet filter', () => {
  it('the instances share the ports where all entry points allow it', () => {
    expect(handoverMode(true, {}, {}, false)).toBe('redirect');
    expect(handoverMode(false, configuration, configuration, false)).toBe('reuse-port');
    const exclusive = { entryPoints: { web: { address: ':80' } } };
    expect(handoverMode(false, configuration, exclusive, false)).toBe('restart');
    // The kernel shares a port among sockets of one user alone.
    expect(handoverMode(false, configuration, configuration, true)).toBe('restart');
    expect(handoverMode(true, configuration, configuration, true)).toBe('redirect');
  });

  it('says what that may cost', () => {
    expect(lossNote('redirect', '')).toBe('');
    expect(lossNote('reuse-port', 'The engine runs without root.')).toMatch(
      /^The engine runs without root\. .*requests.*fail/,
    );
  });
});

it('drains for as long as a kept connection may live, and a little longer', () => {
  expect(drainLimit(configuration)).toBe(65_000);
  expect(
    drainLimit({ entryPoints: { web: { address: ':80', transport: { keepAliveMaxTime: '1m30s' } } } }),
  ).toBe(95_000);
  expect(drainLimit({ entryPoints: { web: { address: ':80' } } })).toBe(15_000);
});
