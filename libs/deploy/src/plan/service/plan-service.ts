import { PROXYNET } from '@itsup/routing';
import { compareText } from '@itsup/config';

import type {
  DeployedService,
  DesiredService,
  ObservedContainer,
  ServiceAction,
  ServicePlan,
  StartingService,
} from '../model';
import { isServing } from '../observe';
import { canMove, MOVED_REASON } from './leave-shared';
import { changesOf, isRebuilt, needsBuild } from './changes';
import { changedAspects, describeImage, newService, shortId, NOTHING_SERVES } from './reasons';
import { hasFinished, isAwaited, isCurrent, isNewcomer, isOf } from './standing';

/**
 * Decides what happens to one service. Pure; the desired state holds everything that may have changed.
 * @param recorded what our last deploy of it that ended well left; null: none is known
 * @param containers all of the service, one-off ones left out, in any order
 * @param more.inbound networks of the edges that lead to the stack
 * @param more.starting what a later deploy left running before it was ready; null: nothing
 */
export function planService(
  desired: DesiredService,
  recorded: DeployedService | null,
  containers: ObservedContainer[],
  { inbound = [], starting = null }: { inbound?: readonly string[]; starting?: StartingService | null } = {},
): ServicePlan {
  const ordered = [...containers].sort((a, b) => a.number - b.number || compareText(a.id, b.id));
  const left = ordered.some(({ id }) => isOf(starting, id)) ? starting : null;
  const deployed = left ?? recorded;
  const changes = changesOf(desired, deployed, ordered);
  const isUpToDate = (container: ObservedContainer): boolean =>
    isCurrent(container, desired, deployed, changes.length > 0);
  const current = ordered.filter(isUpToDate);
  const outdated = ordered.filter((container) => !isUpToDate(container));

  const plan = (action: ServiceAction, reasons: string[], more: Partial<ServicePlan> = {}): ServicePlan => ({
    service: desired.name,
    action,
    reasons,
    notRolled: [],
    build: needsBuild(desired, deployed) || isRebuilt(desired),
    pull:
      desired.buildDigest === null &&
      desired.isLocal !== true &&
      (desired.pulls || (action !== 'none' && desired.imageId === null)),
    replicas: desired.replicas,
    current: ordered.map((container) => container.id),
    leftovers: [],
    retired: [],
    networks: [],
    ...more,
  });

  if (desired.replicas === 0) {
    return ordered.length === 0
      ? plan('none', ['no replica is wanted'])
      : plan('scale', [`replicas ${ordered.length} → 0`], { leftovers: idsOf(ordered), current: [] });
  }
  if (ordered.length === 0) {
    return plan('create', [deployed ? 'its container is gone' : newService(desired)]);
  }
  if (current.length === 0) {
    return replace(
      desired,
      ordered,
      changes.length > 0 ? changes : [strangerReason(ordered)],
      deployed,
      inbound,
      plan,
    );
  }
  return keep(desired, { deployed, left }, current, outdated, plan);
}

/** No container has the wanted definition: all are replaced, losslessly where that can be. */
function replace(
  desired: DesiredService,
  containers: ObservedContainer[],
  reasons: string[],
  deployed: DeployedService | null,
  inbound: readonly string[],
  plan: (action: ServiceAction, reasons: string[], more?: Partial<ServicePlan>) => ServicePlan,
): ServicePlan {
  const serving = containers.filter(isServing);
  const networks = deployed ? liveNetworks(desired, deployed, serving) : null;
  if (networks !== null && serving.length === containers.length && serving.length === desired.replicas) {
    return plan(networks.action, reasons, { networks: networks.networks });
  }
  const dead = idsOf(containers.filter((container) => !isServing(container)));
  if (serving.length === 0) return plan('recreate', reasons, { notRolled: [NOTHING_SERVES] });
  if (desired.notRolled.length > 0) {
    const isWhole = serving.length === containers.length && serving.length === desired.replicas;
    if (isWhole && deployed !== null && canMove(desired, deployed, serving, inbound)) {
      return plan('move', reasons, { networks: [{ network: PROXYNET, aliases: [] }] });
    }
    return plan('recreate', reasons, { notRolled: desired.notRolled, leftovers: dead });
  }
  return plan('rollout', reasons, { leftovers: dead, current: idsOf(serving) });
}

/** At least one container has the wanted definition: see that as many run as are wanted, and nothing else. */
function keep(
  desired: DesiredService,
  { deployed, left }: { deployed: DeployedService | null; left: StartingService | null },
  current: ObservedContainer[],
  outdated: ObservedContainer[],
  plan: (action: ServiceAction, reasons: string[], more?: Partial<ServicePlan>) => ServicePlan,
): ServicePlan {
  const finished = current.filter((container) => hasFinished(container, desired, deployed));
  const looping = current.filter((container) => container.state === 'restarting');
  const unhealthy = current.filter((container) => isServing(container) && container.health === 'unhealthy');
  // One that is paused does not answer, and a start of it says how it is woken.
  const serving = current.filter(({ state }) => state === 'running');
  const stopped = current.filter(
    (container) =>
      !serving.includes(container) && container.state !== 'restarting' && !finished.includes(container),
  );
  const outdatedServing = outdated.filter(isServing);
  const rolls = desired.notRolled.length === 0;

  if (looping.length > 0) {
    const reasons = [`${names(looping)} keeps restarting`];
    const others = [...serving, ...outdatedServing];
    return rolls && others.length > 0
      ? plan('rollout', reasons, { current: idsOf(others), leftovers: idsOf([...looping, ...stopped]) })
      : plan('recreate', reasons, { notRolled: ['it is not serving'] });
  }
  const starting = current.filter((one) => isAwaited(one, left) || isNewcomer(one, deployed));
  const sick = unhealthy.filter((container) => !starting.includes(container));
  if (sick.length > 0) {
    const reasons = [`${names(sick)} is unhealthy`];
    return rolls
      ? plan('rollout', reasons, { leftovers: idsOf(stopped) })
      : plan('recreate', reasons, { notRolled: desired.notRolled });
  }
  const good = [...serving, ...finished];
  if (good.length >= desired.replicas) {
    const surplus = good.slice(desired.replicas);
    const leftovers = idsOf([...surplus, ...stopped, ...outdated]);
    if (leftovers.length === 0) {
      return starting.length > 0
        ? plan('start', [`${names(starting)} has not been ready yet`])
        : plan('none', adoption(deployed, current));
    }
    const reasons = surplus.length > 0 ? [`replicas ${good.length} → ${desired.replicas}`] : [];
    const rest = stopped.length + outdated.length;
    if (rest > 0) reasons.push(`${rest} left over from an earlier deploy`);
    return plan('scale', reasons, {
      leftovers,
      // The wanted ones may have been started a moment ago: until they are well, the others serve.
      retired: idsOf([...surplus, ...outdated].filter(isServing)),
      current: idsOf(good.slice(0, desired.replicas)),
    });
  }
  if (rolls && outdatedServing.length > 0) {
    return plan('rollout', [`${names(outdatedServing)} still runs what was deployed before`], {
      leftovers: idsOf([...stopped, ...outdated].filter((container) => !isServing(container))),
      current: idsOf([...serving, ...outdatedServing]),
    });
  }
  const room =
    outdatedServing.length > 0
      ? [`${names(outdatedServing)} makes room: ${desired.notRolled.join(', ')}`]
      : [];
  const leftovers = idsOf(outdated);
  if (stopped.length > 0 && good.length + stopped.length >= desired.replicas) {
    return plan('start', [stopped.map(stopReason).join(', '), ...room], { leftovers });
  }
  return plan('scale', [`replicas ${good.length} → ${desired.replicas}`, ...room], {
    leftovers,
    current: idsOf(current),
  });
}

/** Networks that came or went when nothing else changed: they are attached and detached live. */
function liveNetworks(
  desired: DesiredService,
  deployed: DeployedService,
  serving: ObservedContainer[],
): { action: 'connect' | 'disconnect'; networks: ServicePlan['networks'] } | null {
  if (describeImage(deployed, desired) !== null || desired.imageId === null) return null;
  const known = new Set(deployed.containers.map((container) => container.id));
  if (!serving.every((container) => known.has(container.id))) return null;
  const came: ServicePlan['networks'] = [];
  const went: ServicePlan['networks'] = [];
  for (const aspect of changedAspects(deployed, desired.aspects)) {
    if (!aspect.startsWith('network ')) return null;
    const network = aspect.slice('network '.length);
    const use = desired.networks.find((candidate) => candidate.network === network);
    if (use === undefined) went.push({ network, aliases: [] });
    else if (use.pinned || deployed.aspects[aspect] !== undefined) return null;
    else came.push({ network, aliases: use.aliases });
  }
  if (came.length > 0 && went.length > 0) return null;
  if (came.length === 0 && went.length === 0) return null;
  return came.length > 0 ? { action: 'connect', networks: came } : { action: 'disconnect', networks: went };
}

function adoption(deployed: DeployedService | null, current: ObservedContainer[]): string[] {
  const known = new Set(deployed?.containers.map((container) => container.id));
  const adopted = current.filter((container) => !known.has(container.id));
  if (adopted.length > 0) return [`adopted: ${names(adopted)} runs what is wanted`];
  const moved = new Set(deployed?.containers.filter((one) => one.moved).map(({ id }) => id));
  return current.some(({ id }) => moved.has(id)) ? [MOVED_REASON] : [];
}

function strangerReason(containers: ObservedContainer[]): string {
  return `${names(containers)} was not started by this workspace, and its definition differs`;
}

function stopReason(container: ObservedContainer): string {
  if (container.state === 'exited')
    return `${container.name} has stopped (exit ${container.exitCode ?? 'unknown'})`;
  return `${container.name} is ${container.state}`;
}

function names(containers: ObservedContainer[]): string {
  return containers.map((container) => container.name || shortId(container.id)).join(', ');
}

function idsOf(containers: ObservedContainer[]): string[] {
  return containers.map((container) => container.id);
}
