import type { DesiredStack, ServicePlan, StackPlan } from './model';

/** The same plan with the named services (null: all) replaced even where nothing changed: a restart. */
export function forceReplace(
  plan: StackPlan,
  desired: DesiredStack,
  services: readonly string[] | null,
  reason: string,
): StackPlan {
  const replaced = plan.services.map((service): ServicePlan => {
    const wanted = desired.services.find((one) => one.name === service.service);
    const chosen = services === null || services.includes(service.service);
    if (!chosen || wanted === undefined || service.action !== 'none' || service.current.length === 0)
      return service;
    return wanted.notRolled.length > 0
      ? { ...service, action: 'recreate', reasons: [reason], notRolled: wanted.notRolled }
      : { ...service, action: 'rollout', reasons: [reason] };
  });
  return { ...plan, services: replaced, unchanged: false, fromRecord: false };
}
