import { portKey, type ServiceLayer } from './compose-layer';
import type { TaggedPath } from '../../yaml/yaml-source';

/** `!reset` and `!override` inside one service: the path from the service on. */
export type ServiceTags = readonly TaggedPath[];

/**
 * `over` merged on `base` as Compose does it for override files and `extends`: single values replace, mappings merge,
 * lists append, volumes replace by their target.
 */
export function mergeLayers(base: ServiceLayer, over: ServiceLayer, tags: ServiceTags = []): ServiceLayer {
  const kept = tags.length === 0 ? base : withoutTagged(base, tags);
  return {
    place: over.place,
    image: over.image ?? kept.image,
    hasBuild: over.hasBuild || kept.hasBuild,
    buildTags: [...kept.buildTags, ...over.buildTags],
    isProvider: over.isProvider || kept.isProvider,
    containerName: over.containerName ?? kept.containerName,
    networkMode: over.networkMode ?? kept.networkMode,
    networks: unionOf(kept.networks, over.networks),
    networkPriorities: new Map([...kept.networkPriorities, ...over.networkPriorities]),
    labels: new Map([...kept.labels, ...over.labels]),
    labelPlaces: new Map([...kept.labelPlaces, ...over.labelPlaces]),
    hasDns: over.hasDns || kept.hasDns,
    healthcheck: over.healthcheck ?? kept.healthcheck,
    profiles: [...new Set([...kept.profiles, ...over.profiles])],
    ports: mergePorts(kept.ports, over.ports),
    variablePorts: [...kept.variablePorts, ...over.variablePorts],
    binds: new Map([...kept.binds, ...over.binds]),
    mounts: new Map([...kept.mounts, ...over.mounts]),
    envFiles: [...kept.envFiles, ...over.envFiles],
    partial: over.partial || kept.partial,
  };
}

function unionOf(a: string[] | null, b: string[] | null): string[] | null {
  return a === null || b === null ? (a ?? b) : [...new Set([...a, ...b])];
}

function mergePorts(base: ServiceLayer['ports'], over: ServiceLayer['ports']): ServiceLayer['ports'] {
  if (base.length === 0) return over;
  if (over.length === 0) return base;
  const merged = new Map([...base, ...over].map((port) => [portKey(port), port]));
  return [...merged.values()];
}

/** By the Compose key, what a tag on the whole of it takes away. */
const CLEARED: Record<string, Partial<ServiceLayer>> = {
  image: { image: null },
  build: { hasBuild: false, buildTags: [] },
  provider: { isProvider: false },
  container_name: { containerName: null },
  network_mode: { networkMode: null },
  networks: { networks: null, networkPriorities: new Map() },
  labels: { labels: new Map() },
  dns: { hasDns: false },
  healthcheck: { healthcheck: null },
  profiles: { profiles: [] },
  ports: { ports: [], variablePorts: [] },
  volumes: { binds: new Map(), mounts: new Map() },
  env_file: { envFiles: [] },
};

function withoutTagged(layer: ServiceLayer, tags: ServiceTags): ServiceLayer {
  let kept = layer;
  for (const { path } of tags) {
    const [key = '', entry] = path;
    if (entry === undefined) kept = { ...kept, ...(Object.hasOwn(CLEARED, key) ? CLEARED[key] : {}) };
    else kept = withoutEntry(kept, key, entry);
  }
  return kept;
}

/** A tag on one label, network or the health check's test. */
function withoutEntry(layer: ServiceLayer, key: string, entry: string): ServiceLayer {
  if (key === 'labels')
    return { ...layer, labels: new Map([...layer.labels].filter(([name]) => name !== entry)) };
  if (key === 'healthcheck' && (entry === 'test' || entry === 'disable'))
    return { ...layer, healthcheck: null };
  if (key !== 'networks') return layer;
  const networks = (layer.networks ?? []).filter((name) => name !== entry);
  return { ...layer, networks: networks.length === 0 ? null : networks };
}
