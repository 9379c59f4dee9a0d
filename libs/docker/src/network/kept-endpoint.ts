import type { EndpointOptions } from './network';

/** What the engine shows of a container on one of its networks. */
export interface RawEndpoint {
  Aliases?: string[] | null;
  Links?: string[] | null;
  IPAddress?: string;
  MacAddress?: string;
  DriverOpts?: Record<string, string> | null;
  /** Engine 28 and newer. */
  GwPriority?: number;
  IPAMConfig?: { IPv4Address?: string; IPv6Address?: string; LinkLocalIPs?: string[] | null } | null;
}

/**
 * What puts a container onto a network as it was on it. Pure.
 * @param id of the container: the engine gives it its short id as a name by itself
 */
export function keptEndpoint(raw: RawEndpoint, id: string): EndpointOptions {
  const { IPAMConfig: asked, DriverOpts: driverOpts, GwPriority: gwPriority } = raw;
  const mac = askedMac(raw);
  return {
    aliases: (raw.Aliases ?? []).filter((alias) => !id.startsWith(alias)),
    ...(asked?.IPv4Address && { ip: asked.IPv4Address }),
    ...(asked?.IPv6Address && { ip6: asked.IPv6Address }),
    ...(asked?.LinkLocalIPs?.length && { linkLocalIps: asked.LinkLocalIPs }),
    ...(raw.Links?.length && { links: raw.Links }),
    ...(mac !== null && { mac }),
    ...(driverOpts && Object.keys(driverOpts).length > 0 && { driverOpts }),
    ...(gwPriority && { gwPriority }),
  };
}

/**
 * The MAC address, but for one that the engine made of the IPv4 address, as it did before version 28: with another
 * address it would be somebody else's. Newer ones make it at random, and do not say whether it was asked for; it is
 * kept then, which harms nobody. Engines up to 28.5 take one where a container is made, and none where it is connected.
 */
function askedMac({ MacAddress: mac = '', IPAddress: ip = '' }: RawEndpoint): string | null {
  const octets = ip.split('.').map((octet) => Number(octet).toString(16).padStart(2, '0'));
  return mac === '' || mac.toLowerCase() === ['02', '42', ...octets].join(':') ? null : mac;
}

/** The same for the engine's API (`EndpointSettings`). */
export function endpointSettings(options: EndpointOptions): Record<string, unknown> {
  const { aliases = [], ip, ip6, linkLocalIps = [], links = [], mac, driverOpts, gwPriority } = options;
  const asked = {
    ...(ip && { IPv4Address: ip }),
    ...(ip6 && { IPv6Address: ip6 }),
    ...(linkLocalIps.length > 0 && { LinkLocalIPs: [...linkLocalIps] }),
  };
  return {
    Aliases: aliases,
    ...(links.length > 0 && { Links: [...links] }),
    ...(driverOpts && { DriverOpts: driverOpts }),
    ...(Object.keys(asked).length > 0 && { IPAMConfig: asked }),
    ...(mac && { MacAddress: mac }),
    ...(gwPriority && { GwPriority: gwPriority }),
  };
}
