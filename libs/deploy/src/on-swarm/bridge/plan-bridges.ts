import { exposedByDefault } from '@itsup/routing';

import type { LoadedStack } from '../../desired/loaded-stack';
import type { StackPlan } from '../../plan/model';
import type { Run } from '../../run/run';
import type { ObservedService } from '../../swarm/plan-swarm';
import { servicesWithData } from '../data-node';
import { wantedFiles } from '../file-objects';
import { proxyNetworkOf } from '../proxy-network';
import { edgeNetworks, renderStack } from '../render-stack';
import { bridgedServices, unbridgeable } from './bridged-services';

export interface PlannedBridges {
  /** Services that are replaced behind one. */
  bridged: string[];
  /** What the engine alone replaces although it should have one, in words. */
  notes: string[];
}

/**
 * Decides which services are replaced behind a bridge.
 * @param workspace id of the workspace; null: it never deployed
 */
export async function planBridges(
  run: Run,
  loaded: LoadedStack,
  plan: Pick<StackPlan, 'services'>,
  observed: ReadonlyMap<string, ObservedService>,
  workspace: string | null,
): Promise<PlannedBridges> {
  if (!plan.services.some(({ action }) => action === 'rollout' || action === 'scale'))
    return { bridged: [], notes: [] };
  const { spec, model } = loaded;
  const isExposed = exposedByDefault(run.request.workspace.settings);
  const proxyNetwork = proxyNetworkOf(model, isExposed);
  const file = renderStack(loaded, {
    workspace: workspace ?? '',
    // By which content an image is asked for decides on no bridge.
    images: new Map(),
    files: await wantedFiles(run, loaded),
    withData: servicesWithData(model),
    proxyNetwork,
  });
  const wanted = bridgedServices(loaded, plan, file, observed, isExposed);
  if (wanted.length === 0) return { bridged: [], notes: [] };
  const networksOf = (name: string): string[] =>
    Object.keys(file.services[name]?.networks ?? {}).map((key) => file.networks[key]?.name ?? key);
  const created = plan.services.filter(({ action }) => action === 'create');
  // Those that are there, and those that are made before the first task is replaced.
  const known = new Set([
    ...(await run.context.docker.listNetworks()).map(({ name }) => name),
    ...edgeNetworks(spec),
    ...(proxyNetwork === null ? [] : [proxyNetwork]),
    ...created.flatMap(({ service }) => networksOf(service)),
  ]);
  const reasons = new Map(wanted.map((name) => [name, unbridgeable(spec.projectName, name, file, known)]));
  return {
    bridged: wanted.filter((name) => reasons.get(name) === null),
    notes: wanted.flatMap((name) => {
      const why = reasons.get(name);
      return typeof why === 'string'
        ? [`${name} is replaced without a bridge, for ${why}: a request can fail meanwhile`]
        : [];
    }),
  };
}
