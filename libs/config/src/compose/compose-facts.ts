import { compareText } from '../files/compare-text';
import type { ComposeFacts, ServiceFacts, VolumeFacts } from '../model';
import type { Place } from '../problem/problem';
import type { Definitions } from './compose-definitions';
import type { ServiceLayer } from './files/compose-layer';
import { volumeFacts } from './compose-volume';

/** The top-level `volumes:`, where each is declared last, and which ones an included file declares. */
export interface DefinedVolumes {
  definitions: Definitions;
  places: Map<string, Place>;
  included: Set<string>;
}

/** What a set of merged files says of volumes. */
interface Volumes {
  definedVolumes: DefinedVolumes;
  /** By key, what a volume is on the engine, where the file says so. */
  volumes: Map<string, string>;
}

/** What the volumes that the files define are, by their keys in text order; nothing where there are none. */
export function volumeFactsOf({
  definitions,
  places,
  included,
}: DefinedVolumes): Pick<ComposeFacts, 'volumeFacts'> {
  if (definitions.size === 0) return {};
  const facts = [...definitions].flatMap(([key, definition]): [string, VolumeFacts][] => {
    const place = places.get(key);
    return place === undefined ? [] : [[key, volumeFacts(definition, included.has(key), place)]];
  });
  return { volumeFacts: Object.fromEntries(facts.sort(([a], [b]) => compareText(a, b))) };
}

/** What the merged files say of one service, as the rest of the product reads it. */
export function toFacts(
  name: string,
  layer: ServiceLayer,
  { volumes, definedVolumes }: Volumes,
): ServiceFacts {
  const mounts = [...layer.mounts.values()].flatMap((mount) => {
    if (mount === null) return [];
    const isPath = /^[./~$]/.test(mount.source);
    const source = isPath ? mount.source : volumes.get(mount.source);
    return source === undefined ? [] : [{ source, place: mount.place }];
  });
  const keys = [...layer.mounts.values()].flatMap((mount) =>
    mount !== null && definedVolumes.definitions.has(mount.source) ? [mount.source] : [],
  );
  return {
    name,
    place: layer.place,
    ...(keys.length > 0 ? { volumeKeys: [...new Set(keys)].sort() } : {}),
    networks: layer.networks,
    ...(layer.networkPriorities.size > 0
      ? { networkPriorities: Object.fromEntries(layer.networkPriorities) }
      : {}),
    networkMode: layer.networkMode,
    labels: Object.fromEntries(layer.labels),
    ...(layer.labelPlaces.size > 0 ? { labelPlaces: Object.fromEntries(layer.labelPlaces) } : {}),
    hasDns: layer.hasDns,
    hasHealthcheck: layer.healthcheck === true,
    image: layer.image,
    hasBuild: layer.hasBuild,
    ...(layer.buildTags.length > 0 ? { buildTags: layer.buildTags } : {}),
    containerName: layer.containerName?.name ?? null,
    ...(layer.containerName ? { containerNamePlace: layer.containerName.place } : {}),
    profiles: layer.profiles,
    ...(layer.isProvider ? { isProvider: true as const } : {}),
    publishedPorts: layer.ports,
    ...(mounts.length > 0 ? { mounts } : {}),
    ...(layer.variablePorts.length > 0 ? { variablePorts: layer.variablePorts } : {}),
    ...(layer.partial ? { partial: true } : {}),
  };
}
