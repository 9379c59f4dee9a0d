import { loadPageTemplates } from '@itsup/artifacts';
import { recreateHeld } from '@itsup/rollout';

import { HOLD_DEADLINE_MS, isHeld } from '../../plan/service/held';
import type { ServicePlan } from '../../plan/model';
import type { Convergence } from '../convergence';
import { requestOf, throwUnlessDone } from './roll-service';
import { writtenFiles } from './written-files';

/** Whether whoever comes waits while the service is recreated, because Traefik runs and leads to it. */
export function canBeHeld({ loaded, rollout }: Convergence, plan: ServicePlan): boolean {
  return (
    rollout.proxy !== null && loaded.spec.project !== null && isHeld(plan, loaded.desired, loaded.options)
  );
}

/**
 * Recreates one service; whoever comes meanwhile waits and is handed over to the new container.
 * @throws NotHealthyError with what is left and what to do next; InterruptedError where that is not what ran before
 */
export async function recreateHeldService(convergence: Convergence, plan: ServicePlan): Promise<void> {
  const { context, loaded, journal, publisher, rollout } = convergence;
  const { spec, compose } = loaded;
  const { service, replicas } = plan;
  const pages = await loadPageTemplates(context.root);
  const { start: _start, ...request } = requestOf(convergence, plan);
  const outcome = await recreateHeld(
    rollout,
    {
      ...request,
      replace: () =>
        compose.up({
          services: [service],
          noDeps: true,
          noBuild: true,
          pull: 'never',
          forceRecreate: true,
          scale: { [service]: replicas },
        }),
      hasHealthcheck: await hasHealthcheck(convergence, service),
      writtenFiles: writtenFiles(loaded.model, service),
      hold: {
        limitMs: loaded.options.get(service)?.hold.deadlineMs ?? HOLD_DEADLINE_MS,
        page: pages.render('pages/unavailable.html', { project: spec.stack, service }),
      },
      fileRoutes: publisher.routesOf(spec.stack, service),
      publishRoutes: (routes) => publisher.publishService(spec.stack, service, routes),
    },
    journal.forService(service),
  );
  throwUnlessDone(convergence, plan, outcome, 'recreated', 'the old containers were started again and serve');
}

/** Its own, or its image's. */
async function hasHealthcheck({ context, loaded }: Convergence, service: string): Promise<boolean> {
  const own = loaded.model.services[service]?.healthcheck;
  if (own?.disable === true || own?.test?.[0] === 'NONE') return false;
  if (own?.test !== undefined) return true;
  const image = loaded.desired.services.find(({ name }) => name === service)?.image;
  if (image === undefined) return false;
  return (await context.docker.inspectImages([image])).get(image)?.hasHealthcheck ?? false;
}
