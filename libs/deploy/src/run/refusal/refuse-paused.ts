import { UserError } from '@itsup/config';

import type { ObservedContainer, StackPlan } from '../../plan/model';

/**
 * A container that somebody paused answers nobody, and no engine starts one: that is told before anything is touched.
 * @throws UserError
 */
export function refusePaused(plan: StackPlan, containers: readonly ObservedContainer[]): void {
  const starting = plan.services.filter(({ action }) => action === 'start').map(({ service }) => service);
  const paused = containers
    .filter(({ service, state }) => state === 'paused' && starting.includes(service))
    .map(({ name }) => name);
  if (paused.length === 0) return;
  throw new UserError({
    code: 'container-paused',
    severity: 'error',
    project: plan.stack,
    message: `${plan.stack}: ${paused.join(', ')} ${paused.length > 1 ? 'are' : 'is'} paused`,
    help: `docker unpause ${paused.join(' ')}`,
  });
}
