import { fittingEndpoint, type Guest } from './guests';

const GUEST: Guest = {
  id: 'g1',
  name: 'blog-db-1',
  endpoint: { aliases: ['db'], ip: '10.9.0.7', ip6: 'fd00::7', links: ['blog-mail-1:mail'] },
};
const subnets = (...all: string[]) => ({
  subnets: all.map((subnet) => ({ subnet, gateway: null, ipRange: null })),
});

describe('fittingEndpoint', () => {
  it('keeps names, links and fixed addresses where the network has their subnets', () => {
    expect(fittingEndpoint(GUEST, subnets('10.9.0.0/24', 'fd00::/64'))).toEqual({
      endpoint: GUEST.endpoint,
      lost: [],
    });
  });

  it('names the addresses that the network cannot have any more', () => {
    expect(fittingEndpoint(GUEST, subnets('10.9.1.0/24', 'fd00::/64'))).toEqual({
      endpoint: { aliases: ['db'], ip6: 'fd00::7', links: ['blog-mail-1:mail'] },
      lost: ['10.9.0.7'],
    });
    expect(fittingEndpoint(GUEST, subnets())).toMatchObject({ lost: ['10.9.0.7', 'fd00::7'] });
  });
});
