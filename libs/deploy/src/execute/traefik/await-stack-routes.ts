import { awaitRoutes } from '@itsup/rollout';
import { hasRouteLabels } from '../../plan/service/route-labels';
import type { Convergence } from '../convergence';

/**
 * Waits until Traefik leads to services that were started or recreated. What a rollout brings is led to before it ends;
 * for the rest a deploy would end a moment early.
 */
export async function awaitStackRoutes(
  { context, rollout, loaded, journal, publisher }: Convergence,
  services: string[],
): Promise<void> {
  const { spec, desired } = loaded;
  const routed = services
    .map((service) => ({ service, fileRoutes: publisher.routesOf(spec.stack, service) }))
    .filter(({ service, fileRoutes }) => fileRoutes !== null || hasRouteLabels(desired, service));
  if (routed.length === 0 || rollout.proxy === null || spec.project === null) return;
  await journal.step('await-routes', async () => {
    for (const { service, fileRoutes } of routed) {
      const subject = { project: spec.stack, composeProject: spec.projectName, service };
      const missing = await awaitRoutes(rollout, subject, fileRoutes);
      if (missing === '') continue;
      context.reporter.line(
        spec.stack,
        `${service}: note: runs, but Traefik does not lead to it: ${missing}; why: itsup explain <its domain>`,
      );
    }
  });
}
