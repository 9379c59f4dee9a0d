import { type Docker, DockerError, type EndpointOptions } from '@itsup/docker';

import type { NetworkMember, Operation } from '../../plan/operation';
import type { Convergence } from '../convergence';
import { createByCompose } from './make-networks';
import { InterruptedError } from '../../run/failure/interrupted-error';
import { attachProviders } from './edges';
import { fittingEndpoint, type Guest, guestsOf, isDynamic } from './guests';
import { runPreStop } from '../service/hooks';
import { startWithHooks } from '../service/restart-service';
import { readDeployed, writeDeployed } from '../../state/deployed';

/**
 * Makes a network anew, as Compose does from 2.32 on: its containers stop and leave it, it goes, Compose makes it with
 * the options that it should have, and they come back under the names they had. So do the containers of others that
 * are on it, which go on running. Repeatable: a network that is gone is made.
 */
export async function recreateNetwork(
  convergence: Convergence,
  operation: Extract<Operation, { kind: 'recreate-network' }>,
): Promise<void> {
  const { context, loaded, journal } = convergence;
  const { network, members } = operation;
  const ids = members.map(({ container }) => container);
  context.reporter.status?.(loaded.spec.stack, `makes the network ${network} anew`);
  const guests = await guestsOf(context.docker, network, ids);
  try {
    await journal.step('recreate-network', () => makeAnew(convergence, operation, guests));
  } catch (error) {
    // They are nobody's of this deploy: no later one would bring them back.
    const apart = await putBack(convergence, network, guests, context.docker.with({ signal: null }));
    tellApart(convergence, network, apart);
    if (context.signal?.aborted !== true) throw error;
    throw new InterruptedError(
      `the network ${network} was being made anew, and its containers may be down until the next deploy`,
    );
  }
}

async function makeAnew(
  convergence: Convergence,
  { network, members, makers }: Extract<Operation, { kind: 'recreate-network' }>,
  guests: readonly Guest[],
): Promise<void> {
  const { context, loaded } = convergence;
  const { docker } = context;
  const endpointOf = await endpointsOn(docker, network, members);
  const running = members.filter(({ isRunning }) => isRunning);
  for (const { service, container } of running) await runPreStop(convergence, service, [container]);
  await docker.stop(running.map(({ container }) => container));
  for (const { container } of members) await docker.disconnectNetwork(network, container, { force: true });
  for (const { id } of guests) await docker.disconnectNetwork(network, id, { force: true });
  await docker.removeNetwork(network);
  await createByCompose(loaded, makers);
  await noteDefinition(convergence, network);
  for (const { container, aliases, ip, ip6, linkLocalIps = [] } of members) {
    const addresses = { ...(ip !== undefined && { ip }), ...(ip6 !== undefined && { ip6 }), linkLocalIps };
    const { links, mac, driverOpts, gwPriority } = endpointOf(container);
    const asked = { ...(links && { links }), ...(mac && { mac }), ...(driverOpts && { driverOpts }) };
    const options = { aliases, ...addresses, ...asked, ...(gwPriority && { gwPriority }) };
    await docker.connectNetwork(network, container, options);
  }
  // A provider has a name on an edge; what is attached already stays as it is.
  await attachProviders(
    docker,
    loaded.desired.edges.filter((edge) => edge.network === network),
  );
  const start = async (chosen: readonly NetworkMember[]): Promise<void> => {
    for (const name of new Set(chosen.map(({ service }) => service))) {
      const own = chosen.filter(({ service }) => service === name).map(({ container }) => container);
      await startWithHooks(convergence, name, own);
    }
  };
  // Who has a fixed address comes first: the engine gives one that nobody has yet to the next who asks.
  const fixed = guests.filter((guest) => !isDynamic(guest));
  const apart = await putBack(convergence, network, fixed, docker);
  const isFixed = ({ ip, ip6 }: NetworkMember): boolean => ip !== undefined || ip6 !== undefined;
  await start(running.filter(isFixed));
  apart.push(...(await putBack(convergence, network, guests.filter(isDynamic), docker)));
  await start(running.filter((member) => !isFixed(member)));
  tellApart(convergence, network, apart);
}

/**
 * What each container was asked for there beside its names and addresses, which the model has: links by the names of
 * containers, its MAC address, options of the driver.
 */
async function endpointsOn(
  docker: Docker,
  network: string,
  members: readonly NetworkMember[],
): Promise<(container: string) => EndpointOptions> {
  const containers = await docker.inspectContainers(members.map(({ container }) => container));
  const endpoints = new Map(containers.map(({ id, networks }) => [id, networks[network]?.endpoint ?? {}]));
  return (container) => endpoints.get(container) ?? {};
}

/**
 * Connects guests as they were, those that are gone by now left out. Repeatable.
 * @returns the names of those that the engine refused, with its words
 */
async function putBack(
  { context, loaded }: Convergence,
  network: string,
  guests: readonly Guest[],
  docker: Docker,
): Promise<string[]> {
  const wanted = loaded.desired.ownNetworks.find(({ name }) => name === network);
  const apart: string[] = [];
  for (const guest of guests) {
    const { endpoint, lost } = fittingEndpoint(guest, { subnets: wanted?.subnets ?? [] });
    try {
      await docker.connectNetwork(network, guest.id, endpoint);
      if (lost.length > 0)
        context.reporter.line(
          loaded.spec.stack,
          `${guest.name} had ${lost.join(', ')} on ${network}, which is in none of its subnets: the engine gave it another address`,
        );
    } catch (error) {
      if (DockerError.is(error, 'container-not-found')) continue;
      if (!(error instanceof DockerError)) throw error;
      apart.push(`${guest.name} (${error.message})`);
    }
  }
  return apart;
}

function tellApart({ context, loaded }: Convergence, network: string, apart: readonly string[]): void {
  if (apart.length === 0) return;
  context.reporter.line(
    loaded.spec.stack,
    `not on ${network} any more, and to be deployed or connected again: ${apart.join(', ')}`,
  );
}

/** At once: a deploy that fails later on, and is repeated, must not stop the containers for it again. */
async function noteDefinition({ context, loaded }: Convergence, network: string): Promise<void> {
  const deployed = await readDeployed(context.state, loaded.spec.stack);
  const made = loaded.desired.ownNetworks.find(({ name }) => name === network);
  if (deployed?.networks === undefined || made === undefined) return;
  await writeDeployed(context.state, {
    ...deployed,
    networks: { ...deployed.networks, [network]: made.digest },
  });
}
