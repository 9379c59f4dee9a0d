import type { ServicePlan } from '../../plan/model';
import type { Convergence } from '../convergence';

/** Networks that came for a service that otherwise stays: attached live, under the names that Compose gives. */
export async function connectService(
  { context, plan, journal }: Convergence,
  { current, networks, service }: ServicePlan,
): Promise<void> {
  await journal.step('connect-services', async () => {
    const containers = await context.docker.inspectContainers(current);
    for (const { network, aliases } of networks) {
      for (const { id, name } of containers)
        await context.docker.connectNetwork(network, id, { aliases: [name, ...aliases] });
      context.reporter.line(plan.stack, `${service}: joined ${network}`);
    }
  });
}

/** Networks that went: detached live. */
export async function disconnectService(
  { context, plan, journal }: Convergence,
  { current, networks, service }: ServicePlan,
): Promise<void> {
  await journal.step('connect-services', async () => {
    for (const { network } of networks) {
      for (const id of current) await context.docker.disconnectNetwork(network, id);
      context.reporter.line(plan.stack, `${service}: left ${network}`);
    }
  });
}
