import type { Settings } from '@itsup/config';
import type { Docker } from '@itsup/docker';
import { exposedByDefault } from '@itsup/routing';

import type { Digester } from '../../desired/digest';
import type { StackPlan } from '../../plan/model';
import type { ObservedService } from '../../swarm/plan-swarm';
import { servicesWithData } from '../data-node';
import { wantedFiles, type FileSources } from '../file-objects';
import { proxyNetworkOf } from '../proxy-network';
import { edgeNetworks, renderStack, type RenderedStack } from '../render-stack';
import { bridgedServices, unbridgeable } from './bridged-services';

export interface PlannedBridges {
  /** Services that are replaced behind one. */
  bridged: string[];
  /** What the engine alone replaces although it should have one, in words. */
  notes: string[];
}

/** What deciding on bridges takes of a run. */
export interface BridgeFacts {
  settings: Settings;
  docker: Pick<Docker, 'listNetworks'>;
  digester: Digester;
  /** Id of the workspace; null: it never deployed. */
  workspace: string | null;
}

/** Decides which services are replaced behind a bridge. */
export async function planBridges(
  { settings, docker, digester, workspace }: BridgeFacts,
  loaded: RenderedStack & FileSources,
  plan: Pick<StackPlan, 'services'>,
  observed: ReadonlyMap<string, ObservedService>,
): Promise<PlannedBridges> {
  if (!plan.services.some(({ action }) => action === 'rollout' || action === 'scale'))
    return { bridged: [], notes: [] };
  const { spec, model } = loaded;
  const isExposed = exposedByDefault(settings);
  const proxyNetwork = proxyNetworkOf(model, isExposed);
  const file = renderStack(loaded, {
    workspace: workspace ?? '',
    // By which content an image is asked for decides on no bridge.
    images: new Map(),
    files: await wantedFiles({ digester }, loaded),
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
    ...(await docker.listNetworks()).map(({ name }) => name),
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
