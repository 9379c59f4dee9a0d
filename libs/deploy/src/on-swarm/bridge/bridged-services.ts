import { enabledByLabels } from '@itsup/traefik';

import type { LoadedStack } from '../../desired/loaded-stack';
import type { StackPlan } from '../../plan/model';
import { changesTasks, notRolledOnSwarm, type ObservedService } from '../../swarm/plan-swarm';
import type { StackFile } from '../../swarm/stack-file';
import { runningOf } from './tasks';

/**
 * Bridges are a stack of their own: `stack deploy --prune` of the project leaves it alone. No project can have its
 * name: Compose takes no capital letters.
 */
export function bridgeStackOf(projectName: string): string {
  return `${projectName}-Bridge`;
}

/** Swarm's bound for the name of a service. */
const MAX_NAME = 63;

/**
 * Services that are replaced behind a bridge: rows lead to them, their tasks change or are more or less of them, two of
 * their tasks can run side by side, and some run now. Pure.
 * @param isExposed whether Traefik takes a service whose labels do not say (`exposedByDefault`)
 */
export function bridgedServices(
  { desired }: { desired: Pick<LoadedStack['desired'], 'services'> },
  plan: Pick<StackPlan, 'services'>,
  file: Pick<StackFile, 'services'>,
  observed: ReadonlyMap<string, ObservedService>,
  isExposed: boolean,
): string[] {
  const isLedTo = (labels: Readonly<Record<string, string>>): boolean => enabledByLabels(labels) ?? isExposed;
  return plan.services.flatMap(({ service, action }) => {
    const before = observed.get(service);
    const wanted = desired.services.find(({ name }) => name === service);
    if (before === undefined || wanted === undefined || wanted.replicas === 0) return [];
    const isRouted = isLedTo(file.services[service]?.deploy.labels ?? {});
    const serves = isLedTo(before.service.labels) && runningOf(before).length > 0;
    if (!isRouted || !serves || notRolledOnSwarm(wanted).length > 0) return [];
    const isNew = action === 'rollout' && (changesTasks(before, wanted) || isScaled(before, wanted));
    return isNew || action === 'scale' ? [service] : [];
  });
}

function isScaled({ service: { replicas } }: ObservedService, wanted: { replicas: number }): boolean {
  return replicas !== null && replicas !== wanted.replicas;
}

/**
 * Why a service cannot have a bridge; null: it can.
 * @param known names of networks that are there before its tasks are replaced
 */
export function unbridgeable(
  projectName: string,
  name: string,
  file: Pick<StackFile, 'services' | 'networks'>,
  known: ReadonlySet<string>,
): string | null {
  if (`${bridgeStackOf(projectName)}_${name}`.length > MAX_NAME) return 'its name is too long for one';
  const added = Object.keys(file.services[name]?.networks ?? {})
    .map((key) => file.networks[key]?.name ?? key)
    .find((network) => !known.has(network));
  return added === undefined ? null : `it joins ${added}, which the same deploy makes`;
}
