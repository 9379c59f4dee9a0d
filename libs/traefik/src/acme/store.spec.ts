import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { certificatesFile } from './certificates-file';
import { knownIssuers, refreshStore } from './refresh-store';
import { LETS_ENCRYPT, LETS_ENCRYPT_STAGING, type AcmeResolver } from './resolvers';
import { AcmeStoreError, issuerName, readAcmeStore } from './store';

/** As Traefik 3.7.9 wrote it, the account's key left out. */
const text = readFileSync(join(__dirname, '__fixtures__/acme.json'), 'utf8');

const resolver = (changes: Partial<AcmeResolver> = {}): AcmeResolver => ({
  name: 'letsencrypt',
  directory: 'https://localhost:14000/dir',
  email: 'a@shop.net',
  challenge: 'http',
  entryPoint: 'web',
  storage: '/acme/acme.json',
  dnsProvider: null,
  certificatesDuration: 2160,
  ...changes,
});

const FINGERPRINT = readAcmeStore(text)[0]?.certificates[0]?.fingerprint ?? '';

describe('readAcmeStore', () => {
  it('reads accounts and certificates', () => {
    const [letsencrypt, ...more] = readAcmeStore(text);
    expect(more).toEqual([]);
    expect(letsencrypt?.account?.email).toBe('a@shop.net');
    expect(letsencrypt?.certificates).toMatchObject([
      {
        resolver: 'letsencrypt',
        names: ['a.shop.net'],
        fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
        issuer: expect.stringMatching(/^Pebble Intermediate CA/) as string,
        key: expect.stringContaining('PRIVATE KEY') as string,
      },
    ]);
  });

  it('takes an empty file for an empty store, and a resolver without certificates as it is', () => {
    expect(readAcmeStore('')).toEqual([]);
    expect(readAcmeStore('{"letsencrypt": {"Account": null, "Certificates": null}, "dns": null}')).toEqual([
      { name: 'letsencrypt', account: null, certificates: [] },
      { name: 'dns', account: null, certificates: [] },
    ]);
  });

  it.each([
    ['a cut file', text.slice(0, 500)],
    ['another kind of JSON', '[]'],
    ['a resolver that is none', '{"letsencrypt": 3}'],
    ['certificates that are no list', '{"letsencrypt": {"Certificates": {}}}'],
    [
      'a certificate that is none',
      '{"letsencrypt": {"Certificates": [{"domain": {"main": "a.net"}, "certificate": "AAAA", "key": "AAAA"}]}}',
    ],
  ])('refuses %s', (_, broken) => {
    expect(() => readAcmeStore(broken)).toThrow(AcmeStoreError);
  });
});

describe('issuerName', () => {
  it.each([
    ["C=US\nO=Let's Encrypt\nCN=R11", "Let's Encrypt R11"],
    ['CN=Pebble Intermediate CA 61b69f', 'Pebble Intermediate CA 61b69f'],
    ['O=Smallstep\nCN=Smallstep Intermediate CA', 'Smallstep Intermediate CA'],
    ['O=itsup', 'itsup'],
  ])('of %j is %s', (issuer, name) => {
    expect(issuerName(issuer)).toBe(name);
  });
});

describe('certificatesFile', () => {
  it('holds chains and keys as Traefik takes them inline', () => {
    const [{ certificates = [] } = {}] = readAcmeStore(text);
    expect(certificatesFile(certificates)).toMatch(
      /^tls:\n {2}certificates:\n {4}- certFile: \|\n {8}-----BEGIN CERTIFICATE-----\n/,
    );
    expect(certificatesFile([])).toBe('{}\n');
  });
});

describe('refreshStore', () => {
  it('leaves alone what fits', () => {
    expect(refreshStore(text, [resolver()], {})).toBeNull();
    expect(refreshStore(text, [], {})).toBeNull();
    expect(refreshStore('', [resolver()], {})).toBeNull();
  });

  it('lets the certificates of another authority go, and the account with them', () => {
    const refreshed = refreshStore(text, [resolver({ directory: LETS_ENCRYPT })], {});
    expect(refreshed?.reissued).toEqual(['a.shop.net']);
    expect(refreshed?.accounts).toEqual([
      { resolver: 'letsencrypt', reason: 'the authority is acme-v02.api.letsencrypt.org now' },
    ]);
    expect(readAcmeStore(refreshed?.text ?? '')).toEqual([
      { name: 'letsencrypt', account: null, certificates: [] },
    ]);
  });

  it('hands the certificates of a resolver that has another name now to that, with its account', () => {
    const renamed = resolver({ name: 'le' });
    const wanted = [{ resolver: 'le', names: ['a.shop.net'] }];
    const refreshed = refreshStore(text, [renamed], { wanted });
    expect(refreshed).toMatchObject({ moved: ['a.shop.net'], reissued: [], accounts: [] });
    expect(readAcmeStore(refreshed?.text ?? '')).toMatchObject([
      { name: 'letsencrypt', certificates: [] },
      { name: 'le', account: { email: 'a@shop.net' }, certificates: [{ names: ['a.shop.net'] }] },
    ]);
    expect(refreshStore(refreshed?.text ?? '', [renamed], { wanted })).toBeNull();
    expect(refreshStore(text, [renamed], { wanted: [{ resolver: 'le', names: ['b.shop.net'] }] })).toBeNull();
  });

  it('lets go what is not to be renewed, and nothing else', () => {
    const refreshed = refreshStore(text, [resolver()], { unwanted: [FINGERPRINT] });
    expect(refreshed).toMatchObject({ givenUp: ['a.shop.net'], reissued: [], accounts: [] });
    expect(readAcmeStore(refreshed?.text ?? '')).toMatchObject([
      { account: { email: 'a@shop.net' }, certificates: [] },
    ]);
    expect(refreshStore(text, [resolver()], { unwanted: ['another'] })).toBeNull();
  });

  it('goes by what is known of a certificate rather than by the account', () => {
    const known = { [FINGERPRINT]: 'acme-staging-v02.api.letsencrypt.org' };
    expect(refreshStore(text, [resolver()], { issuers: known })?.reissued).toEqual(['a.shop.net']);
    const real = { [FINGERPRINT]: 'acme-v02.api.letsencrypt.org' };
    expect(refreshStore(text, [resolver({ directory: LETS_ENCRYPT })], { issuers: real })?.reissued).toEqual(
      [],
    );
  });

  it('keeps certificates of Let’s Encrypt when its staging authority comes', () => {
    const known = { [FINGERPRINT]: 'acme-v02.api.letsencrypt.org' };
    expect(
      refreshStore(text, [resolver({ directory: LETS_ENCRYPT_STAGING })], { issuers: known }),
    ).toMatchObject({
      reissued: [],
      accounts: [{ resolver: 'letsencrypt' }],
    });
  });

  it('lets the account of another e-mail go, and keeps its certificates', () => {
    const refreshed = refreshStore(text, [resolver({ email: 'b@shop.net' })], {});
    expect(refreshed).toMatchObject({
      reissued: [],
      accounts: [{ resolver: 'letsencrypt', reason: 'the e-mail is b@shop.net now' }],
    });
    expect(readAcmeStore(refreshed?.text ?? '')).toMatchObject([
      { account: null, certificates: [{ names: ['a.shop.net'] }] },
    ]);
  });
});

describe('who issued a certificate that names Let’s Encrypt', () => {
  const RELAY = 'https://relay.example.com/directory';
  const pem = readFileSync(join(__dirname, '__fixtures__/named-like-lets-encrypt.pem'), 'base64');
  const issuedFor = (directory: string): string =>
    JSON.stringify({
      letsencrypt: {
        Account: { Email: 'a@shop.net', Registration: { uri: directory.replace('directory', 'account/1') } },
        Certificates: [{ domain: { main: 'a.shop.net' }, certificate: pem, key: 'AAAA' }],
      },
    });
  const issuers = (directory: string): string[] =>
    Object.values(knownIssuers(issuedFor(directory), [resolver({ directory })], {}));

  it('is the authority that was asked, where that hands out others’', () => {
    expect(issuers(RELAY)).toEqual(['relay.example.com']);
    expect(refreshStore(issuedFor(RELAY), [resolver({ directory: RELAY })])).toBeNull();
    const toReal = refreshStore(issuedFor(RELAY), [resolver({ directory: LETS_ENCRYPT })]);
    expect(toReal?.reissued).toEqual(['a.shop.net']);
  });

  it('is Let’s Encrypt itself where its staging authority is asked by now', () => {
    expect(issuers(LETS_ENCRYPT_STAGING)).toEqual(['acme-v02.api.letsencrypt.org']);
    expect(issuers(LETS_ENCRYPT)).toEqual(['acme-v02.api.letsencrypt.org']);
    const staging = [resolver({ directory: LETS_ENCRYPT_STAGING })];
    expect(refreshStore(issuedFor(LETS_ENCRYPT_STAGING), staging)).toBeNull();
  });
});
