import type { AddressFamily, PacketRule } from '@itsup/docker';

import { isLoopback } from '../temporary/shadow-configuration';
import type { Shadow } from '../types';

/** What the comment of every rule of a hand-over begins with. */
export const handoverComment = 'itsup:handover';

/** What opens a TCP connection, as iptables prints `--syn`. */
const opening = ['--tcp-flags', 'FIN,SYN,RST,ACK', 'SYN'];

/**
 * Rules that send new connections to the temporary instance. Established ones stay where they are: the kernel looks at
 * the nat table for the first packet of a connection only. That may be one from the middle, where nothing tracked
 * connections before these rules did (IPv6, with a Docker that has no rules for it), so only a packet that opens a
 * connection is redirected. PREROUTING sees what comes from outside and from containers, OUTPUT what this host sends
 * itself.
 */
export function redirectRules(shadows: Shadow[], families: AddressFamily[]): PacketRule[] {
  return each(shadows, families, (shadow, family) => {
    const args = [
      ...destination(shadow.host),
      ...['-p', shadow.protocol, '-m', 'addrtype', '--dst-type', 'LOCAL'],
      ...['-m', shadow.protocol, '--dport', String(shadow.port)],
      ...(shadow.protocol === 'tcp' ? opening : []),
      ...['-j', 'REDIRECT', '--to-ports', String(shadow.shadowPort)],
    ];
    const comment = `${handoverComment}:redirect:${shadow.port}/${shadow.protocol}`;
    const chains = isLoopback(shadow.host) ? ['OUTPUT'] : ['PREROUTING', 'OUTPUT'];
    return chains.map((chain) => ({ family, table: 'nat', chain, args, comment }));
  });
}

/**
 * Rules that keep UDP flows in a connection tracking zone of their own. UDP has no end of a connection: without them, a
 * client that goes on sending from one port would stay where its first packet went, at an instance that is gone.
 *
 * First all flows are put `aside`, then the redirect is made, then all flows enter the zone `redirected` as new ones
 * and meet the redirect, old flows like new ones. So none is ever redirected in the zone that everything returns to
 * when the redirect and then these rules are removed.
 *
 * @param number of the zone. Not one of a hand-over in the last minutes: what the kernel remembers of a flow there
 * leads to its ports.
 */
export function zoneRules(
  shadows: Shadow[],
  families: AddressFamily[],
  zone: 'aside' | 'redirected',
  number: number,
): PacketRule[] {
  return each(shadows, families, (shadow, family) => {
    if (shadow.protocol !== 'udp') return [];
    const comment = `${handoverComment}:${zone}:${shadow.port}/udp`;
    const target = ['-j', 'CT', '--zone', String(number)];
    const requests = [
      ...destination(shadow.host),
      ...['-p', 'udp', '-m', 'addrtype', '--dst-type', 'LOCAL', '-m', 'udp', '--dport', String(shadow.port)],
      ...target,
    ];
    const replies = ['-p', 'udp', '-m', 'udp', '--sport', String(shadow.shadowPort), ...target];
    const chains = isLoopback(shadow.host) ? ['OUTPUT'] : ['PREROUTING', 'OUTPUT'];
    return [
      ...chains.map((chain): PacketRule => ({ family, table: 'raw', chain, args: requests, comment })),
      { family, table: 'raw', chain: 'OUTPUT', args: replies, comment: `${comment}:replies` },
    ];
  });
}

/** What the comment of every rule that holds connections begins with. */
export const holdComment = `${handoverComment}:hold`;

/**
 * Rules that hold new connections which would arrive at a public port while nobody listens there. A redirect does not
 * reach all of them: where a server ended a connection by a reset, the kernel's connection tracking remembers it for
 * ten seconds, and when the client uses the same port again within these, the packet goes where that connection went. A
 * dropped one is sent again after a second.
 */
export function holdRules(shadows: Shadow[], families: AddressFamily[]): PacketRule[] {
  return each(shadows, families, (shadow, family) => {
    if (shadow.protocol !== 'tcp') return [];
    const args = [
      ...destination(shadow.host),
      ...['-p', 'tcp', '-m', 'tcp', '--dport', String(shadow.port), ...opening],
      ...['-j', 'DROP'],
    ];
    return [{ family, table: 'filter', chain: 'INPUT', args, comment: `${holdComment}:${shadow.port}/tcp` }];
  });
}

/**
 * Rules that let redirected packets through a closed INPUT chain, which sees the shadow port: by the port that they
 * were sent to.
 */
export function acceptRules(shadows: Shadow[], families: AddressFamily[]): PacketRule[] {
  return each(shadows, families, (shadow, family) => {
    if (isLoopback(shadow.host)) return [];
    const args = [
      ...['-p', shadow.protocol, '-m', shadow.protocol, '--dport', String(shadow.shadowPort)],
      ...['-m', 'conntrack', '--ctstate', 'DNAT', '--ctorigdstport', String(shadow.port)],
      ...['-j', 'ACCEPT'],
    ];
    const comment = `${handoverComment}:accept:${shadow.port}/${shadow.protocol}`;
    return [{ family, table: 'filter', chain: 'INPUT', args, comment }];
  });
}

function each(
  shadows: Shadow[],
  families: AddressFamily[],
  rules: (shadow: Shadow, family: AddressFamily) => PacketRule[],
): PacketRule[] {
  return families.flatMap((family) =>
    shadows.filter(({ host }) => speaks(host, family)).flatMap((shadow) => rules(shadow, family)),
  );
}

function speaks(host: string, family: AddressFamily): boolean {
  if (host === '' || host === '0.0.0.0' || host === '::' || host === 'localhost') return true;
  return host.includes(':') === (family === 'ipv6');
}

function destination(host: string): string[] {
  return host === '' || host === '0.0.0.0' || host === '::' || host === 'localhost' ? [] : ['-d', host];
}
