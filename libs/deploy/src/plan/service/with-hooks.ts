import type { DesiredService, ServiceAction, ServicePlan } from '../model';

type Hook = keyof DesiredService['hooks'];

const NAMES: Record<Hook, string> = { preStart: 'pre_start', postStart: 'post_start', preStop: 'pre_stop' };

/** By action: the hooks that come with it. Another number of replicas starts some beside those that run. */
const HOOKS: Partial<Record<ServiceAction, readonly Hook[]>> = {
  create: ['preStart', 'postStart'],
  start: ['preStart', 'postStart'],
  rollout: ['preStart', 'postStart', 'preStop'],
  recreate: ['preStop', 'preStart', 'postStart'],
  restart: ['preStop', 'preStart', 'postStart'],
  scale: ['postStart', 'preStop'],
};

/** The plan with the hooks that run with its action, in the order they do. */
export function withHooks(plan: ServicePlan, desired: DesiredService | undefined): ServicePlan {
  const hooks = (HOOKS[plan.action] ?? []).flatMap((hook) => {
    const count = desired?.hooks[hook] ?? 0;
    return count === 0 ? [] : [count === 1 ? NAMES[hook] : `${NAMES[hook]} (${count})`];
  });
  const { hooks: _before, ...rest } = plan;
  return hooks.length === 0 ? rest : { ...rest, hooks };
}
