import type { DesiredStack, ServicePlan } from './model';
import type { ServiceOptions } from './not-rolled';
import { hasRouteLabels } from './route-labels';

/** How long a request waits at most for a service that is being recreated. */
export const HOLD_DEADLINE_MS = 60_000;

/**
 * Whether requests wait while the service is recreated: Traefik leads to it, it runs, and nobody else's container hangs on its own (whose
 * port may be the other's, which comes only afterwards).
 */
export function isHeld(
  plan: ServicePlan,
  desired: Pick<DesiredStack, 'services'>,
  options: ReadonlyMap<string, ServiceOptions>,
): boolean {
  const service = desired.services.find(({ name }) => name === plan.service);
  return (
    plan.action === 'recreate' &&
    plan.replicas > 0 &&
    plan.current.length > 0 &&
    plan.retired.length === 0 &&
    service !== undefined &&
    options.get(plan.service)?.hold.deadlineMs !== 0 &&
    !desired.services.some(({ hangsOn }) => hangsOn.some((other) => other.service === plan.service)) &&
    service.hangsOn.length === 0 &&
    hasRouteLabels(desired, plan.service)
  );
}

/** What a recreate with waiting requests does not promise, for the plan; empty: nothing is held. */
export function holdNotes(
  plans: readonly ServicePlan[],
  desired: Pick<DesiredStack, 'services'>,
  options: ReadonlyMap<string, ServiceOptions>,
): string[] {
  const held = plans.filter((plan) => isHeld(plan, desired, options)).map(({ service }) => service);
  if (held.length === 0) return [];
  const [verb, pronoun] = held.length === 1 ? ['is', 'it'] : ['are', 'them'];
  return [
    `requests wait while ${held.join(', ')} ${verb} recreated. Not kept: what is open to ${pronoun} for long (websockets, streams, TCP, ` +
      'uploads longer than the drain), UDP, what other containers ask without Traefik; inFlightReq counts who waits',
  ];
}
