/** A port of the host that a container has, or is to have. */
export interface HostPort {
  /** Empty, `0.0.0.0` and `::`: all of the host's; IPv6 without brackets. */
  address: string;
  port: number;
  protocol: string;
}

/** Whether the engine gives only one of the two at a time: the same number, at addresses that have one in common. */
export function portsOverlap(one: HostPort, other: HostPort): boolean {
  return one.port === other.port && one.protocol === other.protocol && overlaps(one.address, other.address);
}

function overlaps(one: string, other: string): boolean {
  return one === other || isAmong(one, other) || isAmong(other, one);
}

/** A socket on all addresses of IPv6 has those of IPv4 too, unless it was told not to. */
function isAmong(address: string, all: string): boolean {
  return ['', '*', '::', '[::]'].includes(all) || (all === '0.0.0.0' && !address.includes(':'));
}

/** Of a port as it was asked for. */
export function hostPortOf(published: { hostIp: string; hostPort: number; protocol: string }): HostPort {
  return { address: published.hostIp, port: published.hostPort, protocol: published.protocol };
}
