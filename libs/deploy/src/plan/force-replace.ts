import type { DesiredStack, ServicePlan, StackPlan } from './model';

/**
 * The same plan with the named services (null: all) replaced even where nothing changed: a restart.
 * @param finished containers that did their work and ended: they run again only when their service is named
 */
export function forceReplace(
  plan: StackPlan,
  desired: DesiredStack,
  services: readonly string[] | null,
  reason: string,
  finished: ReadonlySet<string>,
): StackPlan {
  const replaced = plan.services.map((service): ServicePlan => {
    const wanted = desired.services.find((one) => one.name === service.service);
    const chosen = services === null || services.includes(service.service);
    if (!chosen || wanted === undefined || service.action !== 'none' || service.current.length === 0)
      return service;
    const ended = service.current.every((id) => finished.has(id));
    if (ended && services === null) return service;
    if (ended)
      return { ...service, action: 'recreate', reasons: [reason], notRolled: ['nothing of it is serving'] };
    return wanted.notRolled.length > 0
      ? { ...service, action: 'recreate', reasons: [reason], notRolled: wanted.notRolled }
      : { ...service, action: 'rollout', reasons: [reason] };
  });
  return { ...plan, services: replaced, unchanged: false, fromRecord: false };
}
