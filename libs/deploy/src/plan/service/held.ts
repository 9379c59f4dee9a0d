import type { DesiredStack, ServicePlan } from '../model';
import type { ServiceOptions } from './not-rolled';
import { hasRouteLabels } from './route-labels';

/** How long a request waits at most for a service that is being recreated. */
export const HOLD_DEADLINE_MS = 60_000;

/**
 * Whether requests wait while the service is recreated: Traefik leads to it, it runs, and nobody else's container hangs
 * on its own (whose port may be the other's, which comes only afterwards).
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
    isWanted(plan, desired, options) &&
    sharesWith(plan.service, desired).length === 0
  );
}

/** Traefik leads to it, and the operator did not switch the waiting off. */
function isWanted(
  { service }: ServicePlan,
  desired: Pick<DesiredStack, 'services'>,
  options: ReadonlyMap<string, ServiceOptions>,
): boolean {
  return options.get(service)?.hold.deadlineMs !== 0 && hasRouteLabels(desired, service);
}

/** Services whose container hangs on its own, or that its own hangs on. */
function sharesWith(name: string, desired: Pick<DesiredStack, 'services'>): string[] {
  const own = desired.services.find((service) => service.name === name)?.hangsOn ?? [];
  const others = desired.services.filter(({ hangsOn }) => hangsOn.some(({ service }) => service === name));
  return [...new Set([...own.map(({ service }) => service), ...others.map((service) => service.name)])];
}

/** What a recreate does not promise, for the plan: where requests wait, and where they cannot. */
export function holdNotes(
  plans: readonly ServicePlan[],
  desired: Pick<DesiredStack, 'services'>,
  options: ReadonlyMap<string, ServiceOptions>,
): string[] {
  const gaps = plans.flatMap((plan) => {
    const shared = sharesWith(plan.service, desired);
    const isServing = plan.action === 'recreate' && plan.replicas > 0 && plan.current.length > 0;
    return isServing && shared.length > 0 && isWanted(plan, desired, options)
      ? [
          `requests fail while ${plan.service} is recreated, for its container shares with ${shared.join(', ')}`,
        ]
      : [];
  });
  const held = plans.filter((plan) => isHeld(plan, desired, options)).map(({ service }) => service);
  if (held.length === 0) return gaps;
  const [verb, pronoun] = held.length === 1 ? ['is', 'it'] : ['are', 'them'];
  return [
    ...gaps,
    `requests wait while ${held.join(', ')} ${verb} recreated. Not kept: what is open to ${pronoun} for long (websockets, streams, TCP, ` +
      'uploads longer than the drain), UDP, what other containers ask without Traefik; inFlightReq counts who waits',
  ];
}
