import { lackedChallenge, refusalsIn } from './refusals';

/** As Traefik 3.7.9 logged them, asking a test authority. */
const WRONG_SAN = String.raw`2026-11-30T00:09:25Z ERR Unable to obtain ACME certificate for domains error="unable to generate a certificate for the domains [ok2.shop.net wrong.shop.net]: resolver: one or more domains had a problem: [wrong.shop.net: invalid authorization: acme: error: 400 :: urn:ietf:params:acme:error:connection :: Get \"http://wrong.shop.net:18080/.well-known/acme-challenge/l9fy\": could not resolve URL \"http://wrong.shop.net:18080/.well-known/acme-challenge/l9fy\"]" ACME CA=https://localhost:14000/dir acmeCA=https://localhost:14000/dir domains=["ok2.shop.net","wrong.shop.net"] providerName=letsencrypt.acme routerName=wrong@file rule=Host(${'`'}wrong.shop.net${'`'})`;
const FORBIDDEN = String.raw`2026-11-30T00:09:25Z ERR Unable to obtain ACME certificate for domains error="unable to generate a certificate for the domains [ok.shop.net blocked.net]: acme: error: 400 :: POST :: https://localhost:14000/order-plz :: urn:ietf:params:acme:error:rejectedIdentifier :: Order included an identifier for which issuance is forbidden by policy: \"blocked.net\", problem: \"urn:ietf:params:acme:error:rejectedIdentifier\" :: blocked.net is a forbidden domain" ACME CA=https://localhost:14000/dir acmeCA=https://localhost:14000/dir domains=["ok.shop.net","blocked.net"] providerName=letsencrypt.acme routerName=blocked@file rule=Host(${'`'}blocked.net${'`'})`;

describe('refusalsIn', () => {
  it('names the one wrong name among those of an order, with the authority’s words', () => {
    expect(refusalsIn(WRONG_SAN)).toEqual([
      {
        names: ['ok2.shop.net', 'wrong.shop.net'],
        resolver: 'letsencrypt',
        at: Date.parse('2026-11-30T00:09:25Z'),
        reason: expect.stringMatching(
          /^Get "http:\/\/wrong.shop.net:18080\/.*could not resolve.* \(connection\)$/,
        ) as string,
        culprits: [
          { name: 'wrong.shop.net', reason: expect.stringContaining('could not resolve') as string },
        ],
        isVerdict: true,
        notBefore: null,
      },
    ]);
  });

  it('reads a refusal of the whole order', () => {
    const [refusal] = refusalsIn(`nothing\n${FORBIDDEN}\n`);
    expect(refusal).toMatchObject({ names: ['ok.shop.net', 'blocked.net'], culprits: [], isVerdict: true });
    expect(refusal?.reason).toMatch(
      /^Order included an identifier .* blocked.net is a forbidden domain \(rejectedIdentifier\)$/,
    );
  });

  it('reads Traefik’s JSON, and when the authority wants to be asked again', () => {
    const line = JSON.stringify({
      level: 'error',
      providerName: 'letsencrypt.acme',
      error:
        'unable to generate a certificate for the domains [a.net]: acme: error: 429 :: POST :: https://acme-v02.api.letsencrypt.org/acme/new-order :: urn:ietf:params:acme:error:rateLimited :: too many failed authorizations (5) for "a.net" in the last 1h0m0s, retry after 2026-11-30 01:02:03 UTC: see https://letsencrypt.org/docs/rate-limits/',
      domains: ['a.net'],
      time: '2026-11-30T00:09:25Z',
      message: 'Unable to obtain ACME certificate for domains',
    });
    expect(refusalsIn(line)).toMatchObject([
      { names: ['a.net'], notBefore: Date.parse('2026-11-30T01:02:03Z'), isVerdict: true },
    ]);
  });

  it('tells an authority that was not reached from one that said no', () => {
    const line =
      '2026-11-30T00:09:25Z ERR Unable to obtain ACME certificate for domains error="cannot get ACME client get directory at \'https://ca.home/dir\': Get \\"https://ca.home/dir\\": dial tcp: lookup ca.home: no such host" domains=["a.net"] providerName=letsencrypt.acme';
    expect(refusalsIn(line)).toMatchObject([{ names: ['a.net'], isVerdict: false, culprits: [] }]);
    expect(refusalsIn(line)[0]?.reason).toContain('lookup ca.home: no such host');
  });

  it('reads what a renewal was refused for', () => {
    const line =
      '2026-11-30T00:09:25Z ERR Error renewing ACME certificate: {a.net [b.net c.net]} error="acme: error: 500 :: POST :: https://x/y :: urn:ietf:params:acme:error:serverInternal :: down" providerName=dns.acme';
    expect(refusalsIn(line)).toMatchObject([
      {
        names: ['a.net', 'b.net', 'c.net'],
        resolver: 'dns',
        reason: 'down (serverInternal)',
        isVerdict: false,
      },
    ]);
  });

  it('reads through the colours of a terminal', () => {
    const grey = (text: string): string => `\u001b[90m${text}\u001b[0m`;
    const cyan = (text: string): string => `\u001b[36m${text}\u001b[0m`;
    const coloured = WRONG_SAN.replace('2026-11-30T00:09:25Z', grey)
      .replace(' ERR ', ' \u001b[31mERR\u001b[0m ')
      .replaceAll(/ (error|domains|providerName|rule)=/g, (_, key: string) => ` ${cyan(`${key}=`)}`);
    expect(coloured).not.toBe(WRONG_SAN);
    expect(refusalsIn(coloured)).toEqual(refusalsIn(WRONG_SAN));
  });

  it('finds nothing in other lines', () => {
    expect(
      refusalsIn(
        '{"ClientHost":"10.0.0.1","RequestPath":"/"}\n2026-11-30T00:09:25Z INF Testing certificate renew...',
      ),
    ).toEqual([]);
  });
});

describe('lackedChallenge', () => {
  const UNSOLVED = 'prober: could not determine solvers';
  const of = (names: string[], error: string): ReturnType<typeof lackedChallenge> => {
    const [refusal] = refusalsIn(
      `2026-11-30T00:09:25Z ERR Unable to obtain ACME certificate for domains error="${error}" domains=${JSON.stringify(names)} providerName=dns.acme`,
    );
    return refusal === undefined ? null : lackedChallenge(refusal);
  };

  it.each([
    [['a.net'], 'cannot get ACME client ACME challenge not specified, please select TLS or HTTP', 'any'],
    [['*.a.net'], `x: one or more domains had a problem: [*.a.net: ${UNSOLVED}]`, 'dns'],
    [['a.net', '*.a.net'], `x: one or more domains had a problem: [*.a.net: ${UNSOLVED}]`, 'dns'],
    [['a.net', '*.a.net'], `x: one or more domains had a problem: [a.net: ${UNSOLVED}]`, 'another'],
    [['a.net'], 'cannot get ACME client get directory: dial tcp: no such host', null],
  ])('of %j, refused with “%s”: %s', (names, error, lack) => {
    expect(of(names, error)).toBe(lack);
  });
});
