import type { HostFacts, Lookup } from '../facts';
import { healthyFacts, listener } from '../../testing/facts';
import { addressKind } from '../address-kind';
import { checkForwards } from './forwards';

const HERE = '93.184.215.14';
const ROUTER = '9.9.9.9';
const ports: HostFacts['wanted']['ports'] = [
  { port: 8080, protocol: 'tcp', entryPoint: 'web' },
  { port: 8443, protocol: 'tcp', entryPoint: 'web-secure' },
  { port: 53, protocol: 'udp', entryPoint: 'udp-53' },
];
const { wanted } = healthyFacts();

/** Findings for names with these addresses, on a host with HERE and a private address. */
function found(names: Record<string, string[]>, change: Partial<HostFacts> = {}): string[] {
  const lookups = new Map<string, Lookup>(
    Object.entries(names).map(([domain, addresses]) => [domain, { outcome: 'found', addresses }]),
  );
  const facts = { addresses: [HERE, '192.168.1.5'], wanted: { ...wanted, ports }, lookups, ...change };
  return checkForwards(healthyFacts(facts)).map(({ severity, message }) => `${severity} ${message}`);
}

describe('checkForwards', () => {
  it('asks who is outside when a router is in front, with the command to type there', () => {
    expect(found({ 'a.example.com': [ROUTER], 'b.example.com': [ROUTER] })).toEqual([
      'note a.example.com, b.example.com: only from outside can be seen whether 9.9.9.9 forwards 80 to 8080, 443 to 8443, 53/udp',
    ]);
    const [one] = checkForwards(
      healthyFacts({ lookups: new Map([['a.example.com', { outcome: 'found', addresses: [ROUTER] }]]) }),
    );
    expect(one?.cure).toContain('curl -sSI http://a.example.com; curl -sSkI https://a.example.com');
  });

  it('finds names that lead to different routers, as an old address does', () => {
    expect(found({ 'a.example.com': [ROUTER], 'b.example.com': ['1.1.1.1'] })[0]).toBe(
      'warning the domains lead to different addresses: a.example.com: 9.9.9.9; b.example.com: 1.1.1.1',
    );
  });

  it('finds ports that visitors of this host itself do not ask for', () => {
    expect(found({ 'a.example.com': [HERE] })).toEqual([
      'warning a.example.com leads to this host itself, and visitors ask for 80 to 8080, 443 to 8443',
    ]);
    const direct = ports.map((one) => ({
      ...one,
      port: { web: 80, 'web-secure': 443 }[one.entryPoint] ?? 53,
    }));
    expect(found({ 'a.example.com': [HERE] }, { wanted: { ...wanted, ports: direct } })).toEqual([
      'ok none is needed: the domains lead to this host itself',
    ]);
  });

  it('finds a Traefik that does not listen where it should', () => {
    const listeners = [listener(8080), listener(53, { protocol: 'udp' })];
    expect(found({}, { proxyRuns: true, listeners })).toEqual([
      'warning Traefik runs, and does not listen on 8443 (entry point web-secure)',
    ]);
    expect(found({}, { proxyRuns: true, listeners: null })).toEqual([]);
    expect(found({}, { proxyRuns: false, listeners })).toEqual([]);
  });

  it('notes a name that leads nowhere from outside', () => {
    expect(found({ 'a.example.com': ['192.168.1.5'] })).toEqual([
      'note a.example.com: a private address, so nobody outside gets here by it',
    ]);
  });
});

describe('addressKind', () => {
  it.each([
    ['93.184.215.14', 'public'],
    ['2606:2800:21f::1', 'public'],
    ['172.32.0.1', 'public'],
    ['172.31.255.255', 'private'],
    ['100.64.0.1', 'private'],
    ['fd12::1', 'private'],
    ['192.0.2.1', 'reserved'],
    ['2001:db8::1', 'reserved'],
    ['no address', 'reserved'],
  ])('%s is %s', (address, kind) => {
    expect(addressKind(address)).toBe(kind);
  });
});
