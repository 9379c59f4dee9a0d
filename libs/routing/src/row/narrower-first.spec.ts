import type { IngressRow } from '@itsup/config';
import { row } from '../testing/build';
import { narrowerFirst } from './narrower-first';

const SITE = { domains: ['acme.org', 'www.acme.org'] };
const SITE_LENGTH = 'Host(`acme.org`) || Host(`www.acme.org`)'.length;

/** The priorities that the rows get by it, in their order. */
function priorities(...changes: Partial<IngressRow>[]): (number | undefined)[] {
  const rows = changes.map((change) => row(change));
  const found = narrowerFirst(rows);
  return rows.map((each) => found.get(each)?.own);
}

describe('narrowerFirst', () => {
  it('asks a path on one of the names before the row with more names', () => {
    const api = { domains: ['acme.org'], pathPrefix: '/a' };
    expect(priorities(SITE, api)).toEqual([undefined, SITE_LENGTH + 1]);
    expect(priorities(api, SITE)).toEqual([SITE_LENGTH + 1, undefined]);
    expect(priorities({ ...SITE, pathPrefix: '/' }, { ...api, domains: ['ACME.org'] })[1]).toBeDefined();
  });

  it('leaves to the length of the rules what they say', () => {
    expect(priorities({ domains: ['acme.org'] }, { domains: ['acme.org'], pathPrefix: '/a' })).toEqual([
      undefined,
      undefined,
    ]);
    expect(priorities(SITE, { ...SITE, pathPrefix: '/a' })).toEqual([undefined, undefined]);
  });

  it('takes along what is narrower still', () => {
    const names = ['acme.org', 'www.acme.org', 'acme.net', 'acme.com', 'another-name.org'];
    const [site, deep, api] = priorities(
      { domains: names },
      { domains: ['acme.org'], pathPrefix: '/api/v2' },
      { domains: ['acme.org'], pathPrefix: '/api' },
    );
    expect(site).toBeUndefined();
    expect(deep).toBe((api ?? 0) + 1);
  });

  it('asks a name before a wildcard, whatever their lengths', () => {
    expect(priorities({ domains: ['*.acme.org'] }, { domains: ['a.acme.org'] })[1]).toBe(19);
    expect(priorities({ domains: ['*.acme.org', 'b.org'] }, { domains: ['long-name.acme.org'] })[1]).toBe(36);
    expect(
      priorities({ domains: ['*.acme.org', 'b.org'] }, { domains: ['a.b.acme.org'] })[1],
    ).toBeUndefined();
  });

  it('lets neither be first where each has the narrower name', () => {
    const [one, two] = [{ domains: ['*.acme.org', 'b.org'] }, { domains: ['a.acme.org', '*.org'] }];
    expect(priorities(one, two)).toEqual(priorities(two, one).reverse());
    expect(priorities({ domains: ['*.a.org', 'x.b.org'] }, { domains: ['x.a.org', '*.b.org'] })).toEqual([
      undefined,
      undefined,
    ]);
  });

  it('counts the names that are sent on', () => {
    const old = { domains: ['acme.org'], redirectFrom: ['old.org', 'older.org', 'oldest.org'] };
    expect(priorities(old, { domains: ['old.org'], pathPrefix: '/a' })[1]).toBeDefined();
    const [sent] = [row({ domains: ['b.org'], redirectFrom: ['a.acme.org'] })];
    const found = narrowerFirst([row({ domains: ['*.acme.org'] }), sent]);
    expect(found.get(sent)).toEqual({ from: 19 });
  });

  it('counts the names that are sent on by a row whose priority is written, which is not theirs', () => {
    const old = { domains: ['acme.org'], priority: 1, redirectFrom: ['old.org', 'older.org', 'oldest.org'] };
    expect(priorities(old, { domains: ['old.org'], pathPrefix: '/a' })[1]).toBeDefined();
    const sent = row({ domains: ['b.org'], priority: 1, redirectFrom: ['a.acme.org'] });
    expect(narrowerFirst([row({ domains: ['*.acme.org'] }), sent]).get(sent)).toEqual({ from: 19 });
  });

  it.each<[string, Partial<IngressRow>, Partial<IngressRow>]>([
    ['a priority of the wider one', { ...SITE, priority: 50 }, {}],
    ['a priority of the narrower one', SITE, { priority: 5 }],
    ['a rule', { domains: [], rule: 'Host(`acme.org`) || Host(`www.acme.org`)' }, {}],
    ['a port of its own', { ...SITE, hostport: 9000 }, {}],
    ['the path of challenges, which come as plain HTTP', SITE, { pathPrefix: '/.well-known/acme-challenge' }],
    ['TLS that passes through', { ...SITE, passthrough: true }, {}],
    ['another name', { domains: ['acme.net', 'www.acme.net'] }, {}],
  ])('changes nothing for %s', (_, wide, narrow) => {
    expect(priorities(wide, { domains: ['acme.org'], pathPrefix: '/a', ...narrow })).toEqual([
      undefined,
      undefined,
    ]);
  });
});
