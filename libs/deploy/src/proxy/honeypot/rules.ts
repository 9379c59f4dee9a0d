import { composeOwner, type NetworkDetails, type PacketRule } from '@itsup/docker';
import { PROXYNET, type Proxynet } from '@itsup/routing';

/** What the comment of every rule of the honeypot begins with. */
export const honeypotComment = 'itsup:dns';

/** The honeypot's chain, in the tables `raw` and `filter`. */
export const HONEYPOT_CHAIN = 'ITSUP-DNS';

/** The stack that runs the honeypot. */
const PROXY = 'proxy';

/** The interfaces on the way between the honeypot and who asks it. */
export interface HoneypotBridges {
  /** Of proxynet, on which the honeypot is asked; null: there is none yet. */
  proxynet: string | null;
  /** Those that its answers come by: proxynet's and, as that leads nowhere, its own stack's. Sorted. */
  own: string[];
  /** Of the networks that may ask it, sorted. */
  askers: string[];
}

/**
 * Which bridges may ask: those of networks that have a way out. What Compose cut off (`internal: true`) stays cut off:
 * the honeypot asks resolvers outside, and so would carry out whatever a container writes into a name. A bridge that
 * nobody has listed yet may not ask either.
 */
export function honeypotBridges(networks: readonly NetworkDetails[]): HoneypotBridges {
  const shared = networks.find(({ name }) => name === PROXYNET);
  const stack = networks.filter(({ labels }) => composeOwner(labels).project === PROXY);
  const askers = networks
    // The engine's own first network has no resolver of the engine's, and so nobody there is told of the honeypot.
    .filter(({ name, internal }) => !internal && name !== 'bridge');
  return {
    proxynet: shared?.bridge ?? null,
    own: bridgesOf([...(shared ? [shared] : []), ...stack]),
    askers: bridgesOf(askers),
  };
}

function bridgesOf(networks: readonly NetworkDetails[]): string[] {
  return [...new Set(networks.flatMap(({ bridge }) => bridge ?? []))].sort();
}

/**
 * Rules that let containers ask the honeypot from outside its network, in the order of their chains. Docker drops what
 * goes from one of its networks to another: in `FORWARD`, and since 28 in table `raw` too, where it drops what reaches
 * a container by any bridge but its own, the honeypot's answer among it. It also masquerades what leaves a network, by
 * a rule that it puts before all others whenever it makes one, and the honeypot's log would name the gateway instead of
 * the asker: what is not tracked is not translated, whatever the order. Each rule names the interface that the packet
 * comes by, which unlike its addresses nobody can forge; an answer that comes by another one is nobody's.
 */
export function honeypotRules(
  { proxynet: shared, own, askers }: HoneypotBridges,
  { dns }: Pick<Proxynet, 'dns'>,
): PacketRule[] {
  if (shared === null) return [];
  const at = `${dns}/32`;
  const rule = (table: PacketRule['table'], chain: string, what: string, ...args: string[]): PacketRule => ({
    family: 'ipv4',
    table,
    chain,
    args,
    comment: `${honeypotComment}:${what}`,
  });
  const jumps = (table: PacketRule['table'], chain: string): PacketRule[] =>
    ['udp', 'tcp'].flatMap((protocol) => [
      rule(table, chain, `ask:${protocol}`, '-d', at, '-p', protocol, '--dport', '53', '-j', HONEYPOT_CHAIN),
      rule(
        table,
        chain,
        `answer:${protocol}`,
        '-s',
        at,
        '-p',
        protocol,
        '--sport',
        '53',
        '-j',
        HONEYPOT_CHAIN,
      ),
    ]);
  const inOurs = (table: PacketRule['table'], what: string, ...args: string[]): PacketRule =>
    rule(table, HONEYPOT_CHAIN, what, ...args);
  return [
    inOurs('raw', 'untracked', '-j', 'CT', '--notrack'),
    ...own.map((bridge) => inOurs('raw', `answers:${bridge}`, '-s', at, '-i', bridge, '-j', 'ACCEPT')),
    inOurs('raw', 'forged', '-s', at, '-j', 'DROP'),
    ...askers.map((bridge) => inOurs('raw', `from:${bridge}`, '-d', at, '-i', bridge, '-j', 'ACCEPT')),
    ...jumps('raw', 'PREROUTING'),
    ...askers.flatMap((bridge) => [
      inOurs('filter', `from:${bridge}`, '-d', at, '-i', bridge, '-o', shared, '-j', 'ACCEPT'),
      inOurs('filter', `to:${bridge}`, '-s', at, '-o', bridge, '-j', 'ACCEPT'),
    ]),
    // Not in DOCKER-USER: after a restart, an engine of 20.10 drops what is internal before it looks there.
    ...jumps('filter', 'FORWARD'),
  ];
}
