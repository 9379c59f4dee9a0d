import type { DeployedStack, DesiredStack, ObservedContainer, ServicePlan, StackPlan } from '../model';
import { NOTHING_SERVES } from './reasons';
import { followOthers } from './follow-others';

/**
 * The same plan with the named services (null: all) replaced even where nothing changed: a restart. One-shots that did
 * their work and ended run again only when their service is named, or when one waits for them that is replaced.
 * @param containers of the stack, among others
 */
export function forceReplace(
  plan: StackPlan,
  desired: DesiredStack,
  { services, reason }: { services: readonly string[] | null; reason: string },
  deployed: DeployedStack | null,
  containers: readonly ObservedContainer[],
): StackPlan {
  const known = Object.values(deployed?.services ?? {}).flatMap((service) => service.containers);
  const finished = new Set(known.filter((one) => one.finished).map((one) => one.id));
  const replaced = plan.services.map((service): ServicePlan => {
    const wanted = desired.services.find((one) => one.name === service.service);
    const chosen = services === null || services.includes(service.service);
    if (!chosen || wanted === undefined || service.action !== 'none' || service.current.length === 0)
      return service;
    const ended = service.current.every((id) => finished.has(id));
    if (ended && services === null) return service;
    if (ended) return { ...service, action: 'recreate', reasons: [reason], notRolled: [NOTHING_SERVES] };
    return wanted.notRolled.length > 0
      ? { ...service, action: 'recreate', reasons: [reason], notRolled: wanted.notRolled }
      : { ...service, action: 'rollout', reasons: [reason] };
  });
  const own = containers.filter(({ projectName }) => projectName === plan.projectName);
  return { ...plan, services: followOthers(replaced, desired, own), unchanged: false, fromRecord: false };
}
