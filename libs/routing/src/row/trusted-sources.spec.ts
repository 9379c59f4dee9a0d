import { codes, routeOne } from '../testing/build';

const trusted = { trustedIps: ['192.168.1.1', '10.0.0.0/8', 'fd00::/8'] };
const of = (changes: Parameters<typeof routeOne>[0], settings = trusted): string[] =>
  codes(routeOne({ domains: ['acme.org'], ...changes }, settings));

describe('proxies in front of the host', () => {
  it.each([['192.168.0.0/16'], ['192.168.1.1'], ['10.1.2.3'], ['10.0.0.0/7'], ['fd00:1::/64']])(
    'are told of where an allow list lets them in: %s',
    (range) => {
      expect(of({ allowSourceIps: [range] })).toEqual(['allows-a-proxy']);
      expect(of({ allowSourceIps: [range] }, { trustedIps: [] })).toEqual([]);
    },
  );

  it.each([['192.168.2.0/24'], ['11.0.0.0/8'], ['2001:db8::/32'], ['0.0.0.0/0'], ['::/0']])(
    'are no matter where it does not: %s',
    (range) => expect(of({ allowSourceIps: [range] })).toEqual([]),
  );

  it('are what ClientIP sees', () => {
    const rule = 'Host(`acme.org`) && ClientIP(`203.0.113.0/24`)';
    expect(of({ rule })).toEqual(['client-of-a-proxy']);
    expect(of({ rule }, { trustedIps: [] })).toEqual([]);
  });
});
