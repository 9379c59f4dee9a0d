import type { SwarmService, SwarmTask } from '@itsup/docker';

import { idleService } from '../plan/service/idle-service';
import type { DesiredService, ServiceAction, ServicePlan } from '../plan/model';
import { describeChanges, describeImage, isBuildChanged, newService } from '../plan/service/reasons';
import { deployedOf, type DeployedOnSwarm } from './deployed-label';

/** A service of a stack on the swarm, with its tasks. */
export interface ObservedService {
  service: SwarmService;
  tasks: SwarmTask[];
}

/**
 * Decides what happens to each service of a stack, and to those that it has no more. Pure.
 * @param observed by the name that the Compose file has
 */
export function planOnSwarm(
  desired: readonly DesiredService[],
  observed: ReadonlyMap<string, ObservedService>,
): ServicePlan[] {
  const wanted = new Set(desired.map(({ name }) => name));
  const gone = [...observed.keys()].filter((name) => !wanted.has(name)).sort();
  return [
    ...desired.map((service) => planService(service, observed.get(service.name) ?? null)),
    ...gone.map((service): ServicePlan => ({
      ...idleService(service, 0),
      action: 'remove',
      reasons: ['no longer in the Compose file'],
    })),
  ];
}

function planService(desired: DesiredService, observed: ObservedService | null): ServicePlan {
  const before = observed === null ? null : deployedOf(observed.service);
  const plan = (action: ServiceAction, reasons: string[], notRolled: string[] = []): ServicePlan => ({
    ...idleService(desired.name, desired.replicas),
    action,
    reasons,
    notRolled,
    build: needsBuild(desired, before),
    pull:
      desired.buildDigest === null &&
      desired.isLocal !== true &&
      desired.replicas > 0 &&
      (desired.pulls || desired.imageId === null),
  });
  if (observed === null) return plan('create', [newService(desired)]);
  const { service, tasks } = observed;
  const reasons = before === null ? ['it does not say what it was made from'] : changesOf(before, desired);
  if (reasons.length > 0) {
    const facts = notRolledOnSwarm(desired);
    return facts.length === 0 ? plan('rollout', reasons) : plan('recreate', reasons, facts);
  }
  const replicas = service.replicas;
  if (replicas !== null && replicas !== desired.replicas) {
    return plan('scale', [`replicas ${replicas} → ${desired.replicas}`]);
  }
  return plan('none', missing(service, tasks));
}

/** Facts that keep two tasks of a service from running side by side. A task's name is its own. */
export function notRolledOnSwarm({ notRolled }: Pick<DesiredService, 'notRolled'>): string[] {
  return notRolled.filter((fact) => !fact.startsWith('container_name '));
}

function changesOf(before: DeployedOnSwarm, desired: DesiredService): string[] {
  const image = describeImage(before, desired);
  return [
    ...(image === null ? [] : [image]),
    ...(image === null && needsBuild(desired, before) ? ['build context'] : []),
    ...(image === null && desired.imageId === null && desired.replicas > 0
      ? [`image ${desired.image} is not on this machine any more`]
      : []),
    ...describeChanges(before, desired.aspects),
  ];
}

/** Aspects that differ between what was deployed and what is wanted. */
function changedAspects(before: DeployedOnSwarm, { aspects }: DesiredService): string[] {
  const keys = new Set([...Object.keys(before.aspects), ...Object.keys(aspects)]);
  return [...keys].filter((key) => before.aspects[key] !== aspects[key]);
}

/** Whether a change of a service takes new tasks: labels for Traefik are the service's alone. */
export function changesTasks({ service }: ObservedService, desired: DesiredService): boolean {
  const before = deployedOf(service);
  if (before === null || describeImage(before, desired) !== null || needsBuild(desired, before)) return true;
  return changedAspects(before, desired).some((key) => !key.startsWith('label traefik.'));
}

const SERVER_LABEL = /^label traefik\..*\.loadbalancer\.server\.(port|scheme)$/i;

/**
 * Whether rows lead to another port or protocol in the same deploy that replaces tasks. Labels are the service's: they
 * would lead to the old tasks at the new port until the last of these is gone, and where the update fails for good.
 */
export function movesWithTasks(observed: ObservedService, desired: DesiredService): boolean {
  const before = deployedOf(observed.service);
  if (before === null || !changesTasks(observed, desired)) return false;
  return changedAspects(before, desired).some(
    (key) => SERVER_LABEL.test(key) && before.aspects[key] !== undefined,
  );
}

/** The engine brings back what it can by itself: that is no reason for a deploy, and worth a word. */
function missing({ replicas }: SwarmService, tasks: readonly SwarmTask[]): string[] {
  const running = tasks.filter(({ state }) => state === 'running').length;
  const done = tasks.some(({ state }) => state === 'complete');
  if (replicas === null || running >= replicas || done) return [];
  const said = tasks.find(({ error }) => error !== '')?.error;
  return [`${running} of ${replicas} run${said === undefined ? '' : `: ${said}`}`];
}

function needsBuild(desired: DesiredService, before: DeployedOnSwarm | null): boolean {
  const { buildDigest, built, replicas, imageId, rebuilds } = desired;
  if (buildDigest === null || built || replicas === 0) return false;
  return rebuilds === true || imageId === null || isBuildChanged(desired, before);
}
