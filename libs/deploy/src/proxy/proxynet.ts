import { UserError, type Problem } from '@itsup/config';
import { DockerError, overlap, rangeOf, type Docker, type NetworkDetails } from '@itsup/docker';
import { NETWORK_LABEL, type Proxynet } from '@itsup/routing';

/** A range that is in use on this host, and by what, in words: `the network shop_default`. */
export interface NetworkOnHost {
  what: string;
  subnet: string;
}

/** Of the engine, what proxynet takes. */
export type ProxynetEngine = Pick<
  Docker,
  | 'createNetwork'
  | 'disconnectNetwork'
  | 'inspectContainers'
  | 'inspectNetworks'
  | 'listNetworks'
  | 'removeNetwork'
>;

/**
 * Makes sure that proxynet exists, with the range that it is to have. It belongs to no stack, so no stack takes it
 * down. One that is there with the same range is taken as it is; one with another range is made anew, unless somebody
 * is served by it.
 * @throws UserError when its range is in use, or cannot be left
 */
export async function ensureProxynet(docker: ProxynetEngine, proxynet: Proxynet): Promise<void> {
  const present = await find(docker, proxynet);
  if (present !== null) {
    if (hasRange(present, proxynet)) return;
    await giveUp(docker, present, proxynet);
  }
  try {
    const { name, subnet, gateway, ipRange } = proxynet;
    // The engine answers a name from a container's networks in the order of their names, internal ones last: on a
    // network that is not internal, a service of another project would be taken for a sibling of the same name. It also
    // keeps the container's default route where its own Compose file put it.
    await docker.createNetwork({ name, subnet, gateway, ipRange, internal: true });
  } catch (error) {
    // Another stack was faster: depending on how far the engine has come with it, the name is taken or the subnet.
    const isLate = DockerError.is(error, 'network-exists') || DockerError.is(error, 'subnet-taken');
    if (!isLate) throw error;
    const made = await find(docker, proxynet);
    if (made !== null && hasRange(made, proxynet)) return;
    throw DockerError.is(error, 'subnet-taken') ? await rangeTaken(docker, proxynet) : error;
  }
}

/** What another range than the one that is there comes to, in words; null: it is the same, or there is none yet. */
export async function rangeChange(docker: ProxynetEngine, proxynet: Proxynet): Promise<string | null> {
  const present = await find(docker, proxynet);
  if (present === null || hasRange(present, proxynet)) return null;
  const before = present.subnets.map(({ subnet }) => subnet).join(', ');
  return `${proxynet.name} gets another range, ${before} → ${proxynet.subnet}: every container of every project knows the DNS server by its address, so all of them are replaced; deploy them all`;
}

async function find(docker: ProxynetEngine, { name }: Proxynet): Promise<NetworkDetails | null> {
  const [present] = await docker.inspectNetworks([name]);
  return present ?? null;
}

function hasRange({ subnets }: NetworkDetails, { subnet }: Proxynet): boolean {
  return subnets.some((each) => each.subnet === subnet);
}

/**
 * Its members go on without it: they are replaced by this deploy or the next, as the honeypot's address stands in each.
 * Not so one that Traefik comes to by it.
 */
async function giveUp(
  docker: ProxynetEngine,
  present: NetworkDetails,
  { name, subnet }: Proxynet,
): Promise<void> {
  const members = await docker.inspectContainers(present.containers.map(({ id }) => id));
  const served = members.filter(({ labels }) => labels[NETWORK_LABEL] === name).map((each) => each.name);
  if (served.length > 0) {
    throw new UserError({
      code: 'proxynet-in-use',
      severity: 'error',
      message: `the network ${name} has the subnet ${present.subnets.map((each) => each.subnet).join(', ')}, and ${subnet} is needed; Traefik comes by it to ${served.sort().join(', ')}`,
      help: 'deploy with the range that it has first, so that they leave it; then change the range',
    });
  }
  for (const { id } of present.containers) await docker.disconnectNetwork(name, id, { force: true });
  await docker.removeNetwork(name);
}

async function rangeTaken(docker: ProxynetEngine, { name, subnet }: Proxynet): Promise<UserError> {
  const listed = await docker.listNetworks();
  const networks = await docker.inspectNetworks(listed.map((network) => network.name));
  const others = networks.flatMap((network) =>
    network.subnets.map((each) => ({ what: `the network ${network.name}`, subnet: each.subnet })),
  );
  const inTheWay = others.find((other) => overlaps(other.subnet, subnet));
  const problem: Problem = {
    code: 'proxynet-range-taken',
    severity: 'error',
    message: `the network ${name} needs ${subnet}, and ${inTheWay === undefined ? 'something on this host has it' : `${inTheWay.what} has ${inTheWay.subnet}`}`,
    help: `choose another range in projects/itsup.yml, proxynet: {subnet: ${freeProxynetRange(others)}}, or give up the other one`,
  };
  return new UserError(problem);
}

/** A range for proxynet that none of these networks has a part of. */
export function freeProxynetRange(networks: readonly NetworkOnHost[]): string {
  const candidates = [
    ...Array.from({ length: 16 }, (_, index) => `172.${31 - index}.0.0/16`),
    ...Array.from({ length: 256 }, (_, index) => `10.${255 - index}.0.0/16`),
  ];
  return (
    candidates.find((range) => networks.every(({ subnet }) => !overlaps(subnet, range))) ?? '10.255.0.0/16'
  );
}

function overlaps(a: string, b: string): boolean {
  const [one, other] = [rangeOf(a), rangeOf(b)];
  return one !== null && other !== null && overlap(one, other);
}
