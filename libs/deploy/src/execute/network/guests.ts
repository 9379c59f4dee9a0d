import { BlockList, isIPv6 } from 'node:net';

import type { Docker, EndpointOptions } from '@itsup/docker';

import type { DesiredNetwork } from '../../plan/model';

/** A container on a network of a stack that is not one of the stack's wanted ones: attached by others, or by us. */
export interface Guest {
  id: string;
  name: string;
  /** All that it was asked for there: names, addresses, links and the rest. */
  endpoint: EndpointOptions;
}

/** Who else is on the network, those that do not run included. */
export async function guestsOf(
  docker: Docker,
  network: string,
  members: readonly string[],
): Promise<Guest[]> {
  const listing = await docker.listContainers();
  const ids = listing
    .filter(({ id, networks }) => networks.includes(network) && !members.includes(id))
    .map(({ id }) => id);
  const containers = await docker.inspectContainers(ids);
  return containers.map(({ id, name, networks }) => ({
    id,
    name,
    endpoint: networks[network]?.endpoint ?? {},
  }));
}

/**
 * A guest's names and addresses as far as the network can have them now: the engine refuses a fixed address outside of
 * the subnets that the file gives it.
 * @returns the endpoint, and the addresses that it cannot keep
 */
export function fittingEndpoint(
  { endpoint }: Guest,
  { subnets }: Pick<DesiredNetwork, 'subnets'>,
): { endpoint: EndpointOptions; lost: string[] } {
  const list = new BlockList();
  for (const { subnet } of subnets) {
    const [address = '', length] = subnet.split('/');
    list.addSubnet(address, Number(length), familyOf(address));
  }
  const { ip, ip6, ...rest } = endpoint;
  const fits = (address: string | undefined): address is string =>
    address !== undefined && list.check(address, familyOf(address));
  return {
    endpoint: { ...rest, ...(fits(ip) && { ip }), ...(fits(ip6) && { ip6 }) },
    lost: [ip, ip6].filter((address) => address !== undefined).filter((address) => !fits(address)),
  };
}

/** Whether it may take an address that is another's fixed one. */
export function isDynamic({ endpoint }: Guest): boolean {
  return endpoint.ip === undefined && endpoint.ip6 === undefined;
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIPv6(address) ? 'ipv6' : 'ipv4';
}
