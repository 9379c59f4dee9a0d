import { parse } from 'yaml';

import { acmeResolvers, authorityOf, LETS_ENCRYPT, renewalOf } from './resolvers';

function resolvers(text: string): ReturnType<typeof acmeResolvers> {
  return acmeResolvers(parse(text) as Record<string, unknown>);
}

describe('acmeResolvers', () => {
  it('reads what the product writes, and takes Let’s Encrypt where no authority is named', () => {
    expect(
      resolvers(`
certificatesResolvers:
  letsencrypt:
    acme: { email: ops@example.com, storage: /acme/acme.json, httpChallenge: { entryPoint: web } }
`),
    ).toEqual([
      {
        name: 'letsencrypt',
        directory: LETS_ENCRYPT,
        email: 'ops@example.com',
        challenge: 'http',
        entryPoint: 'web',
        storage: '/acme/acme.json',
        dnsProvider: null,
        certificatesDuration: 2160,
      },
    ]);
  });

  it('knows keys whatever their case, and leaves out what is no ACME resolver', () => {
    const found = resolvers(`
CERTIFICATESRESOLVERS:
  dns: { ACME: { CASERVER: "https://ca.home:9000/acme/acme/directory", dnsChallenge: { provider: exec } } }
  alpn: { acme: { tlsChallenge: {} } }
  bare: { acme: {} }
  vpn: { tailscale: {} }
`);
    expect(found.map(({ name, challenge, directory }) => [name, challenge, authorityOf(directory)])).toEqual([
      ['dns', 'dns', 'ca.home'],
      ['alpn', 'tls', 'acme-v02.api.letsencrypt.org'],
      ['bare', 'none', 'acme-v02.api.letsencrypt.org'],
    ]);
  });

  it('finds none in a configuration without any', () => {
    expect(acmeResolvers({})).toEqual([]);
  });
});

describe('renewalOf', () => {
  const HOUR = 3_600_000;
  const DAY = 24 * HOUR;

  // As Traefik's own `getCertificateRenewDurations`.
  it.each([
    [9000, { before: 120 * DAY, every: 7 * DAY }],
    [2160, { before: 30 * DAY, every: DAY }],
    [720, { before: 10 * DAY, every: 12 * HOUR }],
    [144, { before: 2 * DAY, every: 2 * HOUR }],
    [24, { before: 6 * HOUR, every: 600_000 }],
    [1, { before: 1_200_000, every: 60_000 }],
  ])('of certificates for %d hours', (certificatesDuration, renewal) => {
    const { before, every } = renewalOf({ certificatesDuration });
    expect({ before: Math.round(before), every: Math.round(every) }).toEqual(renewal);
  });

  it('goes by what is written, and by ninety days where nothing is', () => {
    const durations = resolvers(`
certificatesResolvers:
  short: { acme: { certificatesDuration: 24 } }
  usual: { acme: {} }
`).map(({ certificatesDuration }) => certificatesDuration);
    expect(durations).toEqual([24, 2160]);
  });
});
