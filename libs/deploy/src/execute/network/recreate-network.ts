import type { Operation } from '../../plan/operation';
import type { Convergence } from '../convergence';
import { createByCompose } from './make-networks';
import { InterruptedError } from '../../run/failure/interrupted-error';
import { attachProviders } from './edges';
import { runPreStop } from '../service/hooks';
import { startWithHooks } from '../service/restart-service';
import { readDeployed, writeDeployed } from '../../state/deployed';

/**
 * Makes a network anew, as Compose does from 2.32 on: its containers stop and leave it, it goes, Compose makes it with
 * the options that it should have, and they come back under the names they had. Repeatable: a network that is gone is
 * made.
 */
export async function recreateNetwork(
  convergence: Convergence,
  { network, members, makers }: Extract<Operation, { kind: 'recreate-network' }>,
): Promise<void> {
  const { context, loaded, journal } = convergence;
  const { docker, reporter } = context;
  const running = members.filter(({ isRunning }) => isRunning).map(({ container }) => container);
  reporter.status?.(loaded.spec.stack, `makes the network ${network} anew`);
  try {
    await journal.step('recreate-network', async () => {
      for (const { service, container, isRunning } of members)
        if (isRunning) await runPreStop(convergence, service, [container]);
      await docker.stop(running);
      const [present] = await docker.inspectNetworks([network]);
      const guests = (present?.containers ?? []).filter(({ id }) =>
        members.every((one) => one.container !== id),
      );
      for (const { container } of members)
        await docker.disconnectNetwork(network, container, { force: true });
      // Of other stacks, attached by us or by hand.
      for (const { id } of guests) await docker.disconnectNetwork(network, id, { force: true });
      await docker.removeNetwork(network);
      await createByCompose(loaded, makers);
      await noteDefinition(convergence, network);
      for (const { container, aliases, ip } of members)
        await docker.connectNetwork(network, container, { aliases, ...(ip !== undefined && { ip }) });
      // A provider has a name on an edge; what is attached already stays as it is.
      await attachProviders(
        docker,
        loaded.desired.edges.filter((edge) => edge.network === network),
      );
      for (const { id } of guests) await docker.connectNetwork(network, id);
      for (const name of new Set(members.map((member) => member.service))) {
        const own = members.filter((one) => one.service === name && one.isRunning);
        await startWithHooks(
          convergence,
          name,
          own.map(({ container }) => container),
        );
      }
    });
  } catch (error) {
    if (context.signal?.aborted !== true) throw error;
    throw new InterruptedError(
      `the network ${network} was being made anew, and its containers may be down until the next deploy`,
    );
  }
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
