import { acceptRules, holdRules, redirectRules, zoneRules } from './rules';
import type { Shadow } from '../types';

const web: Shadow = { entryPoint: 'web', host: '', protocol: 'tcp', port: 8080, shadowPort: 20_000 };
const dns: Shadow = { entryPoint: 'udp-53', host: '', protocol: 'udp', port: 53, shadowPort: 20_001 };
const loopback: Shadow = {
  entryPoint: 'crowdsec',
  host: '127.0.0.1',
  protocol: 'tcp',
  port: 18_080,
  shadowPort: 20_002,
};

const lines = (rules: ReturnType<typeof redirectRules>): string[] =>
  rules.map(({ family, table, chain, args }) => `${family} ${table} ${chain} ${args.join(' ')}`);

describe('redirectRules', () => {
  it('redirects what opens a connection, from outside and from the host itself, in both families', () => {
    const match =
      '-p tcp -m addrtype --dst-type LOCAL -m tcp --dport 8080 --tcp-flags FIN,SYN,RST,ACK SYN -j REDIRECT --to-ports 20000';
    expect(lines(redirectRules([web], ['ipv4', 'ipv6']))).toEqual([
      `ipv4 nat PREROUTING ${match}`,
      `ipv4 nat OUTPUT ${match}`,
      `ipv6 nat PREROUTING ${match}`,
      `ipv6 nat OUTPUT ${match}`,
    ]);
  });

  it('touches a loopback entry point only where it can be reached', () => {
    expect(lines(redirectRules([loopback], ['ipv4', 'ipv6']))).toEqual([
      'ipv4 nat OUTPUT -d 127.0.0.1 -p tcp -m addrtype --dst-type LOCAL -m tcp --dport 18080 --tcp-flags FIN,SYN,RST,ACK SYN -j REDIRECT --to-ports 20002',
    ]);
  });

  it('names every rule, so that a later deploy finds it', () => {
    for (const rule of [
      ...redirectRules([web, dns], ['ipv4']),
      ...acceptRules([web, dns], ['ipv4']),
      ...holdRules([web, dns], ['ipv4']),
      ...zoneRules([dns], ['ipv4'], 'aside', 7411),
    ]) {
      expect(rule.comment).toMatch(/^itsup:handover:/);
    }
  });
});

describe('holdRules', () => {
  it('drops what would open a connection to a public port that nobody listens on', () => {
    expect(lines(holdRules([web, dns, loopback], ['ipv4']))).toEqual([
      'ipv4 filter INPUT -p tcp -m tcp --dport 8080 --tcp-flags FIN,SYN,RST,ACK SYN -j DROP',
      'ipv4 filter INPUT -d 127.0.0.1 -p tcp -m tcp --dport 18080 --tcp-flags FIN,SYN,RST,ACK SYN -j DROP',
    ]);
  });
});

describe('acceptRules', () => {
  it('lets in what was sent to the public port and nothing that was sent to the shadow port', () => {
    expect(lines(acceptRules([web, loopback], ['ipv4']))).toEqual([
      'ipv4 filter INPUT -p tcp -m tcp --dport 20000 -m conntrack --ctstate DNAT --ctorigdstport 8080 -j ACCEPT',
    ]);
  });
});

describe('zoneRules', () => {
  it('keeps requests and replies of UDP in one zone, and leaves TCP alone', () => {
    expect(lines(zoneRules([web, dns], ['ipv4'], 'redirected', 7412))).toEqual([
      'ipv4 raw PREROUTING -p udp -m addrtype --dst-type LOCAL -m udp --dport 53 -j CT --zone 7412',
      'ipv4 raw OUTPUT -p udp -m addrtype --dst-type LOCAL -m udp --dport 53 -j CT --zone 7412',
      'ipv4 raw OUTPUT -p udp -m udp --sport 20001 -j CT --zone 7412',
    ]);
    expect(zoneRules([web], ['ipv4'], 'aside', 7411)).toEqual([]);
  });
});
