import type { AcmeResolver } from '@itsup/traefik';

import type { BookedRefusal, Standing } from './model';
import { certificateProblem, endingInWords, FILE_CURE, inWords, isLate } from './words';

const NOW = Date.parse('2026-11-30T00:00:00Z');
const DAY = 86_400_000;

const wanted = {
  stack: 'blog',
  resolver: 'letsencrypt',
  names: ['blog.net', 'www.blog.net'],
  place: { file: 'projects/blog/ingress.yml', line: 2, column: 5 },
};
const resolver: AcmeResolver = {
  name: 'letsencrypt',
  directory: 'https://acme-v02.api.letsencrypt.org/directory',
  email: 'a@b.c',
  challenge: 'http',
  entryPoint: 'web',
  storage: '/acme/acme.json',
  dnsProvider: null,
  certificatesDuration: 2160,
};
const refusal: BookedRefusal = {
  names: wanted.names,
  resolver: 'letsencrypt',
  at: NOW - 5 * 60_000,
  reason: 'no such host (dns)',
  culprits: [{ name: 'www.blog.net', reason: 'no such host (dns)' }],
  isVerdict: true,
  notBefore: null,
  lookups: {},
  asked: true,
  standIn: { certificate: '', key: '' },
};

function problem(
  standing: Standing,
  changes: Partial<AcmeResolver> = {},
): ReturnType<typeof certificateProblem> {
  return certificateProblem({ wanted, standing }, [{ ...resolver, ...changes }], {
    now: NOW,
    waitedMs: 60_400,
  });
}

describe('inWords', () => {
  it.each<[Standing, string]>([
    [{ state: 'there', issuer: 'R11', begins: NOW, expires: NOW + 1.5 * DAY }, 'by R11, 1 day left'],
    [{ state: 'refused', refusal }, 'refused 5 min ago: www.blog.net: no such host (dns)'],
    [
      {
        state: 'refused',
        refusal: { ...refusal, asked: false, culprits: [], reason: 'DNS has no address for it' },
      },
      'not asked for: DNS has no address for it',
    ],
    [{ state: 'ended', expires: NOW - 3 * 3_600_000 }, 'your own file ended 3 h ago'],
    [{ state: 'asked' }, 'asked of letsencrypt, not there yet'],
    [{ state: 'none' }, "is Traefik's own: there is no resolver letsencrypt"],
  ])('%j', (standing, text) => {
    expect(inWords({ wanted, standing }, NOW)).toBe(text);
  });
});

describe('certificateProblem', () => {
  it('stands at the row, with the authority’s words, the one wrong name and what to do', () => {
    expect(problem({ state: 'refused', refusal })).toMatchObject({
      code: 'certificate-refused',
      severity: 'error',
      project: 'blog',
      place: wanted.place,
      message:
        'no certificate for blog.net, www.blog.net: refused 5 min ago: www.blog.net: no such host (dns)',
      help: expect.stringMatching(
        /port 80 has to lead to web; then: itsup certificates retry blog\.net$/,
      ) as string,
    });
  });

  it.each<[string, Partial<BookedRefusal>, Partial<AcmeResolver>, RegExp]>([
    ['a limit', { notBefore: NOW + 60_000 }, {}, /^it takes no order before 2026-11-30T00:01:00/],
    ['a forbidden name', { reason: 'no (rejectedIdentifier)' }, {}, /may not, or will not, certify/],
    ['an authority out of reach', { isVerdict: false }, {}, /whether this host reaches the authority/],
    [
      'a DNS challenge',
      {},
      { challenge: 'dns', dnsProvider: 'cloudflare' },
      /credentials of cloudflare in traefik\.env/,
    ],
    [
      'an authority that breaks down',
      {
        isVerdict: false,
        reason: '503 ::POST :: https://ca.net/order-plz :: unexpected end of JSON input ::',
      },
      {},
      /whether this host reaches the authority/,
    ],
    [
      'an allow list on the entry point',
      { reason: 'Invalid response from http://blog.net/.well-known/acme-challenge/x: 403 (unauthorized)' },
      {},
      /a middleware on the entry point web/,
    ],
    ['a TLS challenge', {}, { challenge: 'tls' }, /port 443 has to lead to web-secure/],
    ['an e-mail', { reason: 'no MX (invalidContact)' }, {}, /the e-mail a@b\.c: letsencrypt\.email/],
    ['an account', { reason: 'x (externalAccountRequired)' }, {}, /letsencrypt\.acme\.eab in projects/],
    ['a lost account', { reason: 'x (accountDoesNotExist)' }, {}, /letsencrypt\.email .* a new one/],
    ['a limit without a time', { reason: 'too many (rateLimited)' }, {}, /^that is a limit .*: wait/],
    [
      'a limit, with a DNS challenge',
      { reason: 'too many (rateLimited)' },
      { challenge: 'dns', dnsProvider: 'cloudflare' },
      /^that is a limit .*: wait/,
    ],
    ['a CAA record', { reason: 'no (caa)' }, {}, /its CAA record has to allow it/],
    [
      'a resolver without a challenge',
      {
        isVerdict: false,
        culprits: [],
        reason:
          'cannot get ACME client ACME challenge not specified, please select TLS or HTTP or DNS Challenge',
      },
      { challenge: 'none' },
      /give the resolver letsencrypt a challenge.*; then: itsup deploy proxy$/,
    ],
    [
      'a wildcard without a DNS challenge',
      {
        isVerdict: false,
        culprits: [{ name: '*.blog.net', reason: 'prober: could not determine solvers' }],
        reason: 'prober: could not determine solvers',
      },
      {},
      /^a wildcard needs a resolver with dnsChallenge/,
    ],
    [
      'a challenge that the authority does not offer',
      { isVerdict: false, culprits: [], reason: 'prober: could not determine solvers' },
      {},
      /api\.letsencrypt\.org does not offer the challenge of the resolver letsencrypt \(http\)/,
    ],
  ])('knows the cure of %s', (_, changes, resolverChanges, help) => {
    expect(problem({ state: 'refused', refusal: { ...refusal, ...changes } }, resolverChanges)?.help).toMatch(
      help,
    );
  });

  it('says of which other certificate it has to wait for', () => {
    const behind = { ...refusal, names: ['*.blog.net'], culprits: [], reason: 'no such host (dns)' };
    expect(problem({ state: 'asked', behind })).toMatchObject({
      code: 'certificate-refused',
      message:
        'no certificate for blog.net, www.blog.net: it waits for that of *.blog.net, refused 5 min ago: no such host (dns)',
      help: expect.stringContaining('itsup certificates retry *.blog.net') as string,
    });
  });

  it('says that one has ended, and how it is asked for anew', () => {
    expect(problem({ state: 'asked', ended: NOW - 3 * 3_600_000 })).toMatchObject({
      code: 'certificate-ended',
      message: 'the certificate of blog.net, www.blog.net ended 3 h ago and was not renewed',
      help: expect.stringMatching(/itsup deploy proxy$/) as string,
    });
  });

  it('says of the operator’s own file that it has to be replaced: no resolver renews it', () => {
    expect(problem({ state: 'ended', expires: NOW - 3 * 3_600_000 })).toMatchObject({
      code: 'certificate-ended',
      severity: 'error',
      message: expect.stringContaining('a file of yours, ended 3 h ago') as string,
      help: expect.stringMatching(/^replace the file, or take it out of tls\.certificates/) as string,
    });
    const soon = { expires: NOW + 5 * DAY };
    expect(endingInWords({ ...soon, isFile: true }, NOW)).toEqual({
      text: 'ends in 5 days and is a file of yours',
      cure: FILE_CURE,
    });
    expect(endingInWords(soon, NOW).text).toBe('ends in 5 days and was not renewed');
  });

  it('knows that a DNS provider without credentials is no authority out of reach', () => {
    const reason = 'cannot get ACME client exec: the env var EXEC_PATH is missing';
    const missing = { ...refusal, reason, isVerdict: false };
    const dns = { challenge: 'dns', dnsProvider: 'exec' } as const;
    expect(problem({ state: 'refused', refusal: missing }, dns)?.help).toMatch(/traefik\.env/);
  });

  it('says who has not answered, and nothing of what is there or of a resolver that there is not', () => {
    expect(problem({ state: 'asked' })?.message).toBe(
      'no certificate for blog.net, www.blog.net after 60 s: acme-v02.api.letsencrypt.org was asked and has not answered',
    );
    expect(problem({ state: 'there', issuer: 'R11', begins: 0, expires: NOW })).toBeNull();
    expect(problem({ state: 'asked' }, { name: 'other' })).toBeNull();
  });
});

describe('isLate', () => {
  it.each([
    ['ninety days', 90, 13, true],
    ['ninety days', 90, 15, false],
    ['six days', 6, 2, false],
    ['six days', 6, 0.5, true],
    ['a year', 365, 13, true],
    ['a year', 365, 20, false],
  ])('of a certificate of %s', (_, days, left, late) => {
    const expires = NOW + left * DAY;
    expect(isLate({ begins: expires - days * DAY, expires }, NOW)).toBe(late);
  });
});
