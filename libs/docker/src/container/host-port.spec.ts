import { portsOverlap } from './host-port';

const at = (address: string, port = 53, protocol = 'udp') => ({ address, port, protocol });

describe('portsOverlap', () => {
  it.each([
    ['127.0.0.1', '127.0.0.1', true],
    ['127.0.0.1', '192.168.1.2', false],
    ['127.0.0.1', '', true],
    ['0.0.0.0', '192.168.1.2', true],
    ['0.0.0.0', '', true],
    ['0.0.0.0', '::1', false],
    ['::', '127.0.0.1', true],
    ['::', '::1', true],
    ['*', '::1', true],
  ])('of %j and %j: %s', (one, other, expected) => {
    expect([portsOverlap(at(one), at(other)), portsOverlap(at(other), at(one))]).toEqual([
      expected,
      expected,
    ]);
  });

  it('are two of two numbers, and of two protocols', () => {
    expect(portsOverlap(at('', 53), at('', 54))).toBe(false);
    expect(portsOverlap(at('', 53, 'tcp'), at('', 53, 'udp'))).toBe(false);
  });
});
