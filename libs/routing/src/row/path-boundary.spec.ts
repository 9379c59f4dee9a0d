import { row } from '../testing/build';
import { refusesEncodedSlashes } from './path-boundary';

const site = row({ domains: ['acme.org'] });
const admin = row({ domains: ['acme.org'], pathPrefix: '/admin', allowSourceIps: ['10.0.0.0/8'] });

describe('encoded slashes are refused where a path decides who gets in', () => {
  it('not on a site with one row, nor where no path is looked at', () => {
    expect(refusesEncodedSlashes(site, [site])).toBe(false);
    const everything = row({ domains: ['acme.org'], pathPrefix: '/' });
    expect(refusesEncodedSlashes(everything, [everything])).toBe(false);
    const other = row({ domains: ['acme.net'], allowSourceIps: ['10.0.0.0/8'] });
    expect(refusesEncodedSlashes(site, [site, other])).toBe(false);
  });

  it('on a row with a path, and on the open row around it', () => {
    expect(refusesEncodedSlashes(admin, [site, admin])).toBe(true);
    expect(refusesEncodedSlashes(site, [site, admin])).toBe(true);
  });

  it.each([
    ['another middleware', { pathPrefix: '/admin', middleware: ['auth'] }],
    ['a rule with a path', { rule: 'Host(`acme.org`) && PathRegexp(`^/admin`)', middleware: ['auth'] }],
    ['a rule without hosts', { rule: 'PathPrefix(`/admin`)', middleware: ['auth'] }],
    [
      'a rule whose hosts are an expression',
      { rule: 'HostRegexp(`^acme`) && Path(`/admin`)', middleware: ['auth'] },
    ],
    ['a wildcard above it', { domains: ['*.org'], pathPrefix: '/admin', middleware: ['auth'] }],
  ])('on a row that does not look at paths, because of %s', (_, changes) => {
    expect(refusesEncodedSlashes(site, [site, row({ domains: ['acme.org'], ...changes })])).toBe(true);
  });

  it.each([
    ['lets in the same', { pathPrefix: '/api' }],
    ['is on a port of its own', { pathPrefix: '/api', hostport: 9000, middleware: ['auth'] }],
    ['is about another host', { domains: ['acme.net'], pathPrefix: '/api', middleware: ['auth'] }],
    ['is no http row', { router: 'tcp' as const, pathPrefix: '/api', middleware: ['auth'] }],
  ])('not on a row beside one with a path that %s', (_, changes) => {
    expect(refusesEncodedSlashes(site, [site, row({ domains: ['acme.org'], ...changes })])).toBe(false);
  });

  it('on a rule that leaves paths out', () => {
    const rule = row({ rule: 'Host(`acme.org`) && !PathPrefix(`/admin`)' });
    expect(refusesEncodedSlashes(rule, [rule])).toBe(true);
  });

  it('as the row says, whatever stands beside it', () => {
    const s3 = row({ domains: ['acme.org'], pathPrefix: '/s3', allowEncodedSlashes: true });
    expect(refusesEncodedSlashes(s3, [admin, s3])).toBe(false);
    const strict = row({ domains: ['acme.org'], allowEncodedSlashes: false });
    expect(refusesEncodedSlashes(strict, [strict])).toBe(true);
  });
});
