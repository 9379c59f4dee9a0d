import fc from 'fast-check';

import { rangeOf, type Range } from '@itsup/docker';
import { engine, network } from '../../testing/facts';
import { checkAddressPools, countFree } from './address-pools';

const ranges = (...networks: string[]): Range[] => networks.map(rangeOf).filter((range) => range !== null);

describe('countFree', () => {
  it.each([
    ['nothing taken', [{ base: '10.0.0.0/8', size: 24 }], [], 65536, 65536],
    ['one part of a pool', [{ base: '10.0.0.0/8', size: 24 }], ['10.1.2.0/24'], 65536, 65535],
    ['two networks in one part', [{ base: '10.0.0.0/16', size: 20 }], ['10.0.0.0/24', '10.0.1.0/24'], 16, 15],
    ['a network over several parts', [{ base: '10.0.0.0/16', size: 20 }], ['10.0.0.0/18'], 16, 12],
    ['a network around the pool', [{ base: '10.0.0.0/16', size: 20 }], ['10.0.0.0/8'], 16, 0],
    ['a network elsewhere', [{ base: '10.0.0.0/16', size: 20 }], ['10.1.0.0/16'], 16, 16],
    ['a pool of IPv6, which is left out', [{ base: 'fd00::/48', size: 64 }], [], 0, 0],
  ])('with %s', (_, pools, taken, total, free) => {
    expect(countFree(pools, ranges(...taken))).toEqual({ total, free });
  });

  it('never counts more free than there are, nor fewer than none', () => {
    const part = fc.integer({ min: 0, max: 255 });
    const cidr = fc
      .tuple(part, part, fc.integer({ min: 8, max: 32 }))
      .map(([b, c, length]) => `10.${b}.${c}.0/${length}`);
    fc.assert(
      fc.property(fc.array(cidr), (taken) => {
        const { total, free } = countFree([{ base: '10.0.0.0/12', size: 20 }], ranges(...taken));
        expect(free >= 0 && free <= total).toBe(true);
        expect(free).toBeGreaterThanOrEqual(
          countFree([{ base: '10.0.0.0/12', size: 20 }], ranges(...taken, '10.0.0.0/9')).free,
        );
      }),
    );
  });
});

it("knows Docker's built-in pools, which end at 31 networks", () => {
  const [found] = checkAddressPools({
    engine: engine(),
    networks: [network('bridge', '172.17.0.0/16')],
    interfaceNetworks: ['192.168.1.7/24'],
  });
  expect(found).toMatchObject({ severity: 'ok', message: '29 of 31 networks left' });
});
