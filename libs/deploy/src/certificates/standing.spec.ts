import type { AcmeResolver, ServedCertificate } from '@itsup/traefik';

import type { BookedRefusal, Standing } from './model';
import {
  hasChallengeNow,
  inTheWayOf,
  NO_ADDRESS,
  NOT_KNOWN,
  reasonToAsk,
  standingOf,
  type Sight,
} from './standing';

const NOW = Date.parse('2026-11-30T00:00:00Z');
const HOUR = 3_600_000;

function served(changes: Partial<ServedCertificate> = {}): ServedCertificate {
  return {
    fingerprint: 'ab',
    names: ['a.example.com'],
    issuer: "Let's Encrypt R11",
    begins: NOW - 24 * HOUR,
    expires: NOW + 60 * 24 * HOUR,
    ...changes,
  };
}

function refusal(changes: Partial<BookedRefusal> = {}): BookedRefusal {
  return {
    names: ['a.example.com'],
    resolver: 'letsencrypt',
    at: NOW - 60_000,
    reason: 'no such host (dns)',
    culprits: [],
    isVerdict: true,
    notBefore: null,
    lookups: { 'a.example.com': '198.51.100.7' },
    asked: true,
    standIn: { certificate: '', key: '' },
    ...changes,
  };
}

function sight(changes: Partial<Sight> = {}): Sight {
  return { served: [], resolvers: [{ name: 'letsencrypt' }], refusals: {}, now: NOW, ...changes };
}

const wanted = { names: ['a.example.com', 'b.example.com'], resolver: 'letsencrypt' };

describe('standingOf', () => {
  it('is there when every name is covered, by whatever certificates', () => {
    const two = [served(), served({ names: ['*.example.com'], expires: NOW + 90 * 24 * HOUR })];
    expect(standingOf(wanted, sight({ served: two }))).toEqual({
      state: 'there',
      issuer: "Let's Encrypt R11",
      begins: NOW - 24 * HOUR,
      expires: NOW + 90 * 24 * HOUR,
    });
  });

  it('ends when the first of its names has no certificate any more', () => {
    const soon = served({ expires: NOW + 48 * HOUR });
    const young = served({ names: ['b.example.com'], expires: NOW + 90 * 24 * HOUR });
    expect(standingOf(wanted, sight({ served: [soon, young] }))).toMatchObject({
      state: 'there',
      expires: NOW + 48 * HOUR,
    });
  });

  it.each<[string, Partial<Sight>, string]>([
    ['one of the names has none', { served: [served()] }, 'asked'],
    ['it has ended', { served: [served({ names: wanted.names, expires: NOW - 1 })] }, 'asked'],
    [
      'what is served is a stand-in',
      { served: [served({ names: wanted.names, issuer: 'itsup stand-in' })] },
      'asked',
    ],
    ['there is no such resolver', { resolvers: [] }, 'none'],
    ['it was refused', { refusals: { 'letsencrypt a.example.com,b.example.com': refusal() } }, 'refused'],
    [
      'another resolver was refused it',
      { refusals: { 'dns a.example.com,b.example.com': refusal({ resolver: 'dns' }) } },
      'asked',
    ],
    ['another order was refused', { refusals: { 'letsencrypt a.example.com': refusal() } }, 'asked'],
  ])('where %s', (_, changes, state) => {
    expect(standingOf(wanted, sight(changes)).state).toBe(state);
  });

  it('tells that Traefik takes the stand-in of another certificate for this one', () => {
    const wildcard = refusal({ names: ['*.example.com'] });
    const refusals = { '*.example.com': wildcard };
    expect(standingOf(wanted, sight({ refusals }))).toEqual({ state: 'asked', behind: wildcard });
    // Of another resolver it has only to go for a moment.
    const ofDns = { '*.example.com': refusal({ names: ['*.example.com'], resolver: 'dns' }) };
    expect(standingOf(wanted, sight({ refusals: ofDns }))).toEqual({ state: 'asked' });
    expect(inTheWayOf(wanted, ofDns)).toHaveLength(1);
    expect(inTheWayOf({ ...wanted, names: ['example.com'] }, ofDns)).toEqual([]);
  });

  it('tells when what there was has ended', () => {
    const past = [served({ names: wanted.names, expires: NOW - HOUR })];
    expect(standingOf(wanted, sight({ served: past }))).toEqual({ state: 'asked', ended: NOW - HOUR });
  });

  it('knows a file of the operator’s that has ended: nobody is asked while it is there', () => {
    const ended = served({ names: wanted.names, expires: NOW - HOUR });
    const of = (changes: Partial<Sight>): Standing =>
      standingOf(wanted, sight({ served: [ended], ...changes }));
    expect(of({ stored: [] })).toEqual({ state: 'ended', expires: NOW - HOUR });
    expect(of({ stored: null })).toEqual({ state: 'asked', ended: NOW - HOUR });
    expect(of({ stored: [{ fingerprint: 'ab', names: [] }] }).state).toBe('asked');
    // Renewed since, or ended beside it: Traefik renews that one.
    expect(of({ stored: [{ fingerprint: 'cd', names: [...wanted.names].reverse() }] }).state).toBe('asked');
    const acme = served({ fingerprint: 'cd', names: ['a.example.com'], expires: NOW - HOUR });
    expect(of({ served: [ended, acme], stored: [acme] }).state).toBe('asked');
    // Of a name there is nothing: it is asked for.
    expect(of({ served: [{ ...ended, names: ['a.example.com'] }], stored: [] }).state).toBe('asked');
    const other = served({ fingerprint: 'ef', names: ['b.example.com'] });
    const mixed = { served: [{ ...ended, names: ['a.example.com'] }, other], stored: [other] };
    expect(of(mixed)).toEqual({ state: 'ended', expires: NOW - HOUR });
  });

  it('knows that what is there is a file of the operator’s', () => {
    const own = served({ names: wanted.names });
    expect(standingOf(wanted, sight({ served: [own], stored: [] }))).toMatchObject({ isFile: true });
    expect(standingOf(wanted, sight({ served: [own], stored: [own] }))).not.toHaveProperty('isFile');
    expect(standingOf(wanted, sight({ served: [own] }))).not.toHaveProperty('isFile');
  });

  it('minds no refusal where the certificate is there all the same', () => {
    const all = sight({
      served: [served({ names: wanted.names })],
      refusals: { 'letsencrypt a.example.com,b.example.com': refusal() },
    });
    expect(standingOf(wanted, all).state).toBe('there');
  });
});

describe('reasonToAsk', () => {
  const same = { 'a.example.com': '198.51.100.7' };

  it.each<[string, Partial<BookedRefusal>, Record<string, string>, string | null]>([
    ['nothing has changed', {}, same, null],
    [
      'the name leads elsewhere',
      {},
      { 'a.example.com': '203.0.113.5' },
      'a.example.com leads to 203.0.113.5 now',
    ],
    ['an hour has passed', { at: NOW - HOUR }, same, 'an hour has passed'],
    ['the name leads nowhere now', {}, { 'a.example.com': NO_ADDRESS }, null],
    ['where it leads is not known now', {}, { 'a.example.com': NOT_KNOWN }, null],
    ['where it led was not known', { lookups: { 'a.example.com': NOT_KNOWN } }, same, null],
    [
      'it led nowhere, and the authority was asked all the same',
      { lookups: { 'a.example.com': NO_ADDRESS } },
      same,
      'a.example.com leads to 198.51.100.7 now',
    ],
    ['it has one of its addresses still', {}, { 'a.example.com': '192.0.2.9, 198.51.100.7' }, null],
    ['the authority was not reached', { isVerdict: false }, same, 'the authority was not reached'],
    ['the authority wants no question yet', { at: NOW - 2 * HOUR, notBefore: NOW + 1 }, same, null],
    ['that time is over', { notBefore: NOW - 1 }, same, 'the authority’s time is over'],
    [
      'the name had no address, and has none',
      { asked: false, lookups: { 'a.example.com': NO_ADDRESS }, at: NOW - 9 * HOUR },
      { 'a.example.com': NO_ADDRESS },
      null,
    ],
    [
      'the name had no address, and nobody knows now',
      { asked: false, lookups: { 'a.example.com': NO_ADDRESS } },
      { 'a.example.com': NOT_KNOWN },
      null,
    ],
    [
      'the name had no address, and has one',
      { asked: false, lookups: { 'a.example.com': NO_ADDRESS } },
      same,
      'DNS has an address now',
    ],
  ])('where %s', (_, changes, lookups, reason) => {
    expect(reasonToAsk(refusal(changes), lookups, NOW)).toBe(reason);
  });

  it('leaves a name alone that moves and moves: an authority takes five failures an hour', () => {
    const moved = { 'a.example.com': '203.0.113.5' };
    const four = [50, 40, 30, 20].map((minutes) => NOW - minutes * 60_000);
    expect(reasonToAsk(refusal(), moved, NOW, four.slice(1))).toBe('a.example.com leads to 203.0.113.5 now');
    expect(reasonToAsk(refusal(), moved, NOW, four)).toBeNull();
    expect(reasonToAsk(refusal(), moved, NOW + 10 * 60_000, four)).toMatch(/^a\.example\.com leads to/);
  });
});

describe('a refusal for a challenge that the resolver lacks', () => {
  const UNSOLVED = 'prober: could not determine solvers';
  const none = refusal({ isVerdict: false, at: NOW - 9 * HOUR, reason: 'ACME challenge not specified' });
  const wildcard = { ...none, names: ['*.example.com'], reason: UNSOLVED };
  const other = { ...none, reason: UNSOLVED };

  it('is not asked for again by itself: the answer would be the same', () => {
    for (const each of [none, wildcard, other])
      expect(reasonToAsk(each, { 'a.example.com': '203.0.113.5' }, NOW)).toBeNull();
  });

  it('is over when the resolver has that challenge', () => {
    const by = (challenge: AcmeResolver['challenge']): boolean[] =>
      [none, wildcard, other].map((each) => hasChallengeNow(each, [{ name: 'letsencrypt', challenge }]));
    expect(by('none')).toEqual([false, false, false]);
    expect(by('http')).toEqual([true, false, false]);
    expect(by('dns')).toEqual([true, true, false]);
    expect(hasChallengeNow(refusal(), [{ name: 'letsencrypt', challenge: 'dns' }])).toBe(false);
  });
});
