import type { DesiredStack, ServicePlan, StackPlan } from '../model';
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
  { service }: Pick<ServicePlan, 'service'>,
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
  { services: plans, networks }: Pick<StackPlan, 'services' | 'networks'>,
  desired: Pick<DesiredStack, 'services'>,
  options: ReadonlyMap<string, ServiceOptions>,
): string[] {
  const gaps = [
    ...networks.flatMap(({ network, members }) => {
      const running = members.filter((member) => member.isRunning && isWanted(member, desired, options));
      const names = [...new Set(running.map(({ service }) => service))];
      return names.length === 0
        ? []
        : [
            `requests to ${names.join(', ')} fail while the network ${network} is made anew, for containers stop for it`,
          ];
    }),
    ...plans.flatMap((plan) => {
      const why = gapOf(plan, desired);
      return why !== null && isWanted(plan, desired, options) ? [`requests fail while ${why}`] : [];
    }),
  ];
  const held = plans.filter((plan) => isHeld(plan, desired, options)).map(({ service }) => service);
  if (held.length === 0) return gaps;
  const [verb, pronoun] = held.length === 1 ? ['is', 'it'] : ['are', 'them'];
  return [
    ...gaps,
    `requests wait while ${held.join(', ')} ${verb} recreated. Not kept: what is open to ${pronoun} for long (websockets, streams, TCP, ` +
      'uploads longer than the drain), UDP, what other containers ask without Traefik; inFlightReq counts who waits',
  ];
}

/** What of a service that serves makes a gap in which nobody can wait, in words; null: nothing. */
function gapOf(plan: ServicePlan, desired: Pick<DesiredStack, 'services'>): string | null {
  const { service, action, replicas, current, retired } = plan;
  if (replicas === 0 || current.length === 0) return null;
  // The very container goes on: there is no new one to hand over to.
  if (action === 'restart') return `${service} is restarted`;
  if (action !== 'recreate') return null;
  const shared = sharesWith(service, desired);
  if (shared.length > 0) return `${service} is recreated, for its container shares with ${shared.join(', ')}`;
  return retired.length > 0
    ? `${service} is recreated, for there are to be fewer of it at the same time`
    : null;
}
