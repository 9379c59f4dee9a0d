import { UserError } from '@itsup/config';

import { composeOwner, hostPortOf } from '@itsup/docker';
import type { LoadedStack } from '../../desired/loaded-stack';
import type { StackPlan } from '../../plan/model';
import { observe } from '../../plan/observe';
import { movedPorts } from '../../plan/order/moved-ports';
import {
  exchangeProblem,
  publishedPorts,
  takenPorts,
  takenProblems,
  type HeldPort,
} from '../../plan/taken-ports';
import type { Run } from '../run';

/**
 * Published ports have to be free before anything is touched: what is recreated is gone by the time the engine finds
 * that they are not. Asked only where one is published, and only of an engine whose ports are this host's.
 * @throws UserError
 */
export async function refuseTakenPorts(
  run: Run,
  { spec, model, desired }: LoadedStack,
  plan: StackPlan,
): Promise<void> {
  // Traefik shares its ports with the one that it replaces.
  if (spec.project === null) return;
  const wanted = publishedPorts(plan, model);
  if (wanted.length === 0) return;
  const { docker } = run.context;
  const { location, rootless } = await run.engineDetails();
  if (location !== 'local' || rootless) return;
  const listeners = (await docker.listeners()).filter(({ port }) => wanted.some((one) => one.port === port));
  if (listeners.length === 0) return;
  const listing = await docker.listContainers();
  const own = observe(listing).filter(({ projectName }) => projectName === spec.projectName);
  const running = listing.filter(({ state }) => state === 'running').map(({ id }) => id);
  const held = (await docker.inspectContainers(running)).flatMap((one): HeldPort[] => {
    const { project, service } = composeOwner(one.labels);
    return one.ports.map((port) => ({
      ...hostPortOf(port),
      container: one.name,
      service,
      isOwn: project === spec.projectName,
    }));
  });
  const { circle } = movedPorts(plan.services, desired.services, own);
  if (circle.length > 0) throw new UserError(exchangeProblem(spec.stack, circle));
  const taken = takenPorts(plan, wanted, listeners, held);
  if (taken.length > 0) throw new UserError(takenProblems(spec.stack, taken));
}
