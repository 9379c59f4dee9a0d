import { UserError } from '@itsup/config';
import { DockerError, type Docker } from '@itsup/docker';

export const PROXYNET = 'proxynet';

export const PROXYNET_SUBNET = '172.20.0.0/16';

const SPEC = {
  name: PROXYNET,
  subnet: PROXYNET_SUBNET,
  gateway: '172.20.0.1',
  // Dynamic addresses stay out of the lower half, where pinned ones and the honeypot's are.
  ipRange: '172.20.128.0/17',
  // The engine answers a name from a container's networks in the order of their names, internal ones last: on a network
  // that is not internal, a service of another project would be taken for a sibling of the same name. It also keeps the
  // container's default route where its own Compose file put it. The host, and so Traefik, still reaches every member.
  internal: true,
};

/**
 * Makes sure that proxynet exists. It belongs to no stack, so no stack takes it down. One that is there with the same
 * subnet is taken as it is.
 */
export async function ensureProxynet(docker: Docker): Promise<void> {
  if (await isThere(docker)) return;
  try {
    await docker.createNetwork(SPEC);
  } catch (error) {
    // Another stack was faster: depending on how far the engine has come with it, the name is taken or the subnet.
    const isLate = DockerError.is(error, 'network-exists') || DockerError.is(error, 'subnet-taken');
    if (!isLate || !(await isThere(docker))) throw error;
  }
}

async function isThere(docker: Docker): Promise<boolean> {
  const [present] = await docker.inspectNetworks([PROXYNET]);
  if (present === undefined) return false;
  if (present.subnets.some(({ subnet }) => subnet === SPEC.subnet)) return true;
  throw new UserError({
    code: 'proxynet-differs',
    severity: 'error',
    message: `the network ${PROXYNET} has the subnet ${present.subnets.map(({ subnet }) => subnet).join(', ')}, and ${SPEC.subnet} is needed`,
    help: `take down what uses it, then: docker network rm ${PROXYNET}; the next deploy makes it anew`,
  });
}
