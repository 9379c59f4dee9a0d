import { parse } from 'yaml';

import { acmeResolvers, authorityOf, LETS_ENCRYPT } from './resolvers';

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
