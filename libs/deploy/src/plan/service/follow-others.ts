import type { HangsOn } from '@itsup/docker';

import type { DesiredService, DesiredStack, ObservedContainer, ServiceAction, ServicePlan } from '../model';
import { isServing } from '../observe';
import { inDependencyOrder } from '../order/dependency-order';
import { NOTHING_SERVES } from './reasons';
import { withHooks } from './with-hooks';

/** Actions after which the service's containers are others than before. */
const REPLACING: readonly ServiceAction[] = ['create', 'rollout', 'recreate'];
/** Actions after which a process runs that did not: what shared the old one's namespaces has lost them. */
const STARTING: readonly ServiceAction[] = ['start', 'restart'];
/** Actions that leave the containers which run as they are. */
const KEEPING: readonly ServiceAction[] = [
  'none',
  'connect',
  'disconnect',
  'move',
  'start',
  'scale',
  'restart',
];

const SHARED: Record<HangsOn['by'], string> = {
  network: 'network',
  ipc: 'memory',
  pid: 'processes',
  volumes: 'volumes',
};

/**
 * What happens to a service because of another one. Pure, and the same again when it is asked again.
 *
 * - What hangs on a container (`network_mode: service:vpn`) is replaced with it, and replaced where that is gone
 *   already.
 * - `depends_on` with `restart: true` restarts the dependent when the other is replaced; one that can be rolled is
 *   rolled.
 * - What is not on a network that it should be on is replaced.
 * - A one-shot that others wait for (`service_completed_successfully`) runs again before one of them starts, as with
 *   `docker compose up`.
 *
 * The hooks that then run are named.
 *
 * @param containers of the stack
 */
export function followOthers(
  plans: readonly ServicePlan[],
  desired: Pick<DesiredStack, 'services'>,
  containers: readonly ObservedContainer[],
): ServicePlan[] {
  const services = inDependencyOrder(desired.services);
  const byName = new Map(plans.map((plan) => [plan.service, plan]));
  const present = new Set(containers.map(({ id }) => id));
  for (const service of services) {
    const plan = byName.get(service.name);
    if (plan === undefined || service.replicas === 0) continue;
    const own = containers.filter(({ id }) => plan.current.includes(id));
    byName.set(service.name, withOthers(service, plan, own, byName, present));
  }
  for (const service of services.reverse()) {
    const action = byName.get(service.name)?.action ?? 'none';
    if (![...REPLACING, ...STARTING].includes(action)) continue;
    for (const { service: other, condition } of service.dependsOn) {
      const plan = byName.get(other);
      if (condition !== 'service_completed_successfully' || plan === undefined) continue;
      if (!hasEnded(plan, containers)) continue;
      const reasons = [`${service.name} waits for it to complete`];
      byName.set(other, { ...plan, action: 'start', reasons });
    }
  }
  const named = new Map(services.map((service) => [service.name, service]));
  return plans.map((plan) => withHooks(byName.get(plan.service) ?? plan, named.get(plan.service)));
}

/** Nothing would be done to it, and all that it has is a process that ended well. */
function hasEnded(plan: ServicePlan, containers: readonly ObservedContainer[]): boolean {
  const own = containers.filter(({ id }) => plan.current.includes(id));
  return plan.action === 'none' && own.length > 0 && own.every(({ state }) => state === 'exited');
}

function withOthers(
  service: DesiredService,
  plan: ServicePlan,
  own: readonly ObservedContainer[],
  plans: ReadonlyMap<string, ServicePlan>,
  present: ReadonlySet<string>,
): ServicePlan {
  if (own.length === 0 || !KEEPING.includes(plan.action)) return plan;
  const replaced = service.hangsOn.filter((on) => isReplaced(plans.get(on.service), own));
  const reasons = replaced.map(
    ({ service: other, by }) => `uses the ${SHARED[by]} of ${other}, which is replaced`,
  );
  const isStale = own.some(({ hangsOn = [] }) => hangsOn.some((id) => !present.has(id)));
  if (reasons.length === 0 && isStale) {
    const others = [...new Set(service.hangsOn.map((on) => on.service))];
    reasons.push(`uses a container${others.length > 0 ? ` of ${others.join(', ')}` : ''} that is gone`);
  }
  // As one is left that a deploy was killed with, while it made a network anew.
  const missing = service.networks.filter(({ network }) =>
    own.some((one) => !one.networks.includes(network)),
  );
  if (reasons.length === 0 && missing.length > 0 && (plan.action === 'none' || plan.action === 'start'))
    reasons.push(`is not on its network ${missing.map(({ network }) => network).join(', ')}`);
  if (reasons.length > 0) return replacing(service, plan, reasons, own);

  const restarting = service.dependsOn.filter(
    (dependency) =>
      dependency.restart && ['rollout', 'recreate'].includes(plans.get(dependency.service)?.action ?? ''),
  );
  if (restarting.length > 0) {
    const why = restarting.map(({ service: other }) => `${other} is replaced (depends_on, restart: true)`);
    return service.notRolled.length === 0 ? replacing(service, plan, why, own) : restart(plan, why, own);
  }
  const started = service.hangsOn.filter(
    ({ service: other, by }) => by !== 'volumes' && STARTING.includes(plans.get(other)?.action ?? 'none'),
  );
  if (started.length === 0) return plan;
  const why = started.map(
    ({ service: other, by }) => `uses the ${SHARED[by]} of ${other}, which is started anew`,
  );
  return restart(plan, why, own);
}

/** Also where the very container goes, because fewer are wanted. */
function isReplaced(plan: ServicePlan | undefined, users: readonly ObservedContainer[]): boolean {
  if (plan === undefined) return false;
  if (REPLACING.includes(plan.action)) return true;
  const going = [...plan.leftovers, ...plan.retired];
  return users.some(({ hangsOn = [] }) => hangsOn.some((id) => going.includes(id)));
}

function replacing(
  service: DesiredService,
  plan: ServicePlan,
  reasons: string[],
  own: readonly ObservedContainer[],
): ServicePlan {
  const all = [...plan.reasons.filter((reason) => !reasons.includes(reason)), ...reasons];
  const serves = own.some(isServing);
  const clean = { ...plan, reasons: all, networks: [], leftovers: [], retired: [] };
  if (serves && service.notRolled.length === 0) return { ...clean, action: 'rollout', notRolled: [] };
  return {
    ...clean,
    action: 'recreate',
    notRolled: serves ? service.notRolled : [NOTHING_SERVES],
  };
}

/**
 * Where more containers are wanted at the same time, all are made anew: Compose would start the one and stop the other.
 */
function restart(plan: ServicePlan, reasons: string[], own: readonly ObservedContainer[]): ServicePlan {
  const all = [...plan.reasons.filter((reason) => !reasons.includes(reason)), ...reasons];
  if (own.every(({ state }) => state !== 'running')) return { ...plan, action: 'start', reasons: all };
  if (plan.action === 'scale' || plan.networks.length > 0)
    return {
      ...plan,
      action: 'recreate',
      reasons: all,
      notRolled: [],
      networks: [],
      leftovers: [],
      retired: [],
    };
  return { ...plan, action: 'restart', reasons: all };
}
