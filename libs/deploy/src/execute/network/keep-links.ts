import { networkLabels, type Docker, DockerError } from '@itsup/docker';
import { PROXYNET } from '@itsup/routing';

import type { DesiredEdge, ObservedContainer } from '../../plan/model';
import type { Observed } from '../../plan/observe';
import type { Run } from '../../run/run';
import type { StackSpec } from '../../stack/stack-spec';
import { writeDeployed } from '../../state/deployed';
import { attachProviders } from './edges';

/** A consumer that asks a service over proxynet now, and whose `egress` line keeps that. */
export interface KeptLink {
  consumer: StackSpec;
  edge: DesiredEdge;
  /** The consumer's containers on proxynet. */
  asking: ObservedContainer[];
}

/**
 * Who asks these services of the stack by proxynet and has a line that keeps it.
 * @param services that are about to leave proxynet
 */
export function keptLinks(
  specs: ReadonlyMap<string, StackSpec>,
  { consumers }: StackSpec,
  services: readonly string[],
  observed: Observed,
): KeptLink[] {
  return consumers.flatMap(({ stack, network, service }) => {
    const consumer = services.includes(service) ? specs.get(stack) : undefined;
    const edge = consumer?.edges.find((one) => one.network === network);
    if (consumer === undefined || edge === undefined || consumer.kind !== 'converge') return [];
    const asking = (observed.get(consumer.projectName) ?? []).filter(
      ({ state, networks }) => state === 'running' && networks.includes(PROXYNET),
    );
    return asking.length > 0 ? [{ consumer, edge, asking }] : [];
  });
}

/**
 * Makes the edges of consumers that are deployed after their provider, and joins both sides, before the provider leaves
 * proxynet: until their own deploy nothing else leads there. The network is made as the consumer's Compose would make
 * it, so that Compose takes it for its own; the consumer's record gets the edge, so that its next deploy knows it, and
 * takes it away should the line be gone by then. Repeatable.
 */
export async function keepLinks(run: Run, links: readonly KeptLink[]): Promise<void> {
  const { docker, state, reporter } = run.context;
  for (const { consumer, edge, asking } of links) {
    const deployed = run.deployed.get(consumer.stack);
    if (deployed !== undefined && deployed.edges.every(({ network }) => network !== edge.network)) {
      const known = { ...deployed, edges: [...deployed.edges, edge] };
      await writeDeployed(state, known);
      run.deployed.set(consumer.stack, known);
    }
    await makeEdge(docker, consumer, edge);
    await attachProviders(docker, [edge]);
    for (const { id, service } of asking) await join(docker, edge.network, id, service);
    reporter.line(
      edge.provider,
      `${consumer.stack} goes on asking ${edge.service} by ${edge.network}, which its egress line gives it`,
    );
  }
}

async function makeEdge(docker: Docker, { projectName }: StackSpec, { network }: DesiredEdge): Promise<void> {
  const [present] = await docker.inspectNetworks([network]);
  if (present !== undefined) return;
  // Compose refuses a network of that name without them.
  const labels = networkLabels(projectName, network);
  try {
    await docker.createNetwork({ name: network, internal: true, labels });
  } catch (error) {
    if (!DockerError.is(error, 'network-exists')) throw error;
  }
}

/** Under its service's name, as Compose would. One that is gone by now asks nobody. */
async function join(docker: Docker, network: string, id: string, service: string): Promise<void> {
  try {
    await docker.connectNetwork(network, id, { aliases: [service] });
  } catch (error) {
    if (!DockerError.is(error, 'container-not-found')) throw error;
  }
}
