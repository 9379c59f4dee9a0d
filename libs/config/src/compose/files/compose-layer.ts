import { posix } from 'node:path';
import { publishedPorts, variableEntry } from '../compose-ports';
import type { ComposeService } from '../../schema/compose-schema';
import { isInterpolated } from '../../schema/grammar';
import { isMapping } from '../../yaml/is-mapping';
import type { ServiceFacts } from '../../model';
import type { Place } from '../../problem/problem';
import { isOutside } from '../../files/source-files';
import type { YamlSource } from '../../yaml/yaml-source';

/** What one file says about one service; `null` and absent keys say nothing. */
export interface ServiceLayer {
  place: Place;
  image: string | null;
  hasBuild: boolean;
  /** `build.tags`. */
  buildTags: string[];
  isProvider: boolean;
  containerName: { name: string; place: Place } | null;
  networkMode: string | null;
  networks: string[] | null;
  /** `priority` of the networks that have one. */
  networkPriorities: Map<string, number>;
  labels: Map<string, string>;
  /** Of the labels that Traefik reads. */
  labelPlaces: Map<string, Place>;
  hasDns: boolean;
  /** null: nothing said about the test. */
  healthcheck: boolean | null;
  profiles: string[];
  ports: ServiceFacts['publishedPorts'];
  variablePorts: { text: string; place: Place }[];
  /** By target in the container, as Compose merges them. */
  binds: Map<string, { source: string; path: string; place: Place } | null>;
  /** By target too: whatever has a source, a folder as a volume. */
  mounts: Map<string, { source: string; place: Place } | null>;
  envFiles: { path: string; required: boolean; place: Place }[];
  partial: boolean;
}

/** Where a file's relative paths resolve, from the workspace root; null: out of our sight. */
export type BaseFolder = string | null;

/** Reads one service of one file. `base` is the folder its relative paths resolve in. */
export function serviceLayer(
  service: ComposeService,
  path: readonly string[],
  source: YamlSource,
  base: BaseFolder,
): ServiceLayer {
  const at = (...rest: (string | number)[]): Place => source.place([...path, ...rest]);
  return {
    place: source.place(path, 'key'),
    image: service.image ?? null,
    hasBuild: service.build !== null && service.build !== undefined,
    buildTags: buildTagsOf(service.build),
    isProvider: service.provider !== null && service.provider !== undefined,
    containerName: service.container_name
      ? { name: service.container_name, place: at('container_name') }
      : null,
    networkMode: service.network_mode || null,
    networks: networksOf(service.networks),
    networkPriorities: prioritiesOf(service.networks),
    labels: labelsOf(service.labels),
    labelPlaces: labelPlacesOf(service.labels, at),
    hasDns: typeof service.dns === 'string' || (service.dns ?? []).length > 0,
    healthcheck: healthcheckOf(service.healthcheck),
    profiles: service.profiles ?? [],
    ports: portsOf(service.ports, at),
    variablePorts: (service.ports ?? []).flatMap((entry, index) => {
      const text = variableEntry(entry);
      return text === null ? [] : [{ text, place: at('ports', index) }];
    }),
    binds: bindsOf(service.volumes, base, at),
    mounts: mountsOf(service.volumes, at),
    envFiles: envFilesOf(service.env_file, base, at),
    partial: false,
  };
}

function buildTagsOf(build: ComposeService['build']): string[] {
  const tags = isMapping(build) ? build['tags'] : undefined;
  return Array.isArray(tags) ? tags.filter((tag) => typeof tag === 'string') : [];
}

function networksOf(networks: ComposeService['networks']): string[] | null {
  const names = Array.isArray(networks) ? networks : Object.keys(networks ?? {});
  // Compose treats an empty list or mapping as none given.
  return names.length === 0 ? null : [...new Set(names)];
}

/** One that is a variable counts as none: it decides the order alone, and any order is as good for us. */
function prioritiesOf(networks: ComposeService['networks']): Map<string, number> {
  const priorities = new Map<string, number>();
  if (Array.isArray(networks)) return priorities;
  for (const [name, use] of Object.entries(networks ?? {})) {
    const priority = isMapping(use) ? Number(use['priority']) : Number.NaN;
    if (Number.isFinite(priority)) priorities.set(name, priority);
  }
  return priorities;
}

/** Labels as texts with variables: Compose puts values into all of a list's entry, and into no key of a mapping. */
function labelsOf(labels: ComposeService['labels']): Map<string, string> {
  if (!Array.isArray(labels)) {
    return new Map(Object.entries(labels ?? {}).map(([key, value]) => [literal(key), textOf(value)]));
  }
  return new Map(
    labels.map((label) => {
      const [key = '', ...value] = textOf(label).split('=');
      return [key, value.join('=')];
    }),
  );
}

function labelPlacesOf(labels: ComposeService['labels'], at: At): Map<string, Place> {
  const entries: [string, string | number][] = Array.isArray(labels)
    ? labels.map((label, index) => [textOf(label).split('=')[0] ?? '', index])
    : Object.keys(labels ?? {}).map((key) => [literal(key), key]);
  const ofTraefik = entries.filter(([key]) => key.slice(0, 8).toLowerCase() === 'traefik.');
  return new Map(ofTraefik.map(([key, where]) => [key, at('labels', where)]));
}

function literal(key: string): string {
  return key.replaceAll('$', '$$$$');
}

function textOf(value: string | number | boolean | null): string {
  return value === null ? '' : String(value);
}

function healthcheckOf(check: ComposeService['healthcheck']): boolean | null {
  if (!check) return null;
  if (check.disable === true || check.disable === 'true') return false;
  if (check.test === null || check.test === undefined) return null;
  const [first] = Array.isArray(check.test) ? check.test : [check.test];
  return first !== undefined && first !== 'NONE' && first !== '';
}

function portsOf(ports: ComposeService['ports'], at: At): ServiceFacts['publishedPorts'] {
  // A range can be published in many entries; each port counts once.
  const found = new Map<string, ServiceFacts['publishedPorts'][number]>();
  const seen = new Set<unknown>();
  for (const [index, entry] of (ports ?? []).entries()) {
    if (typeof entry === 'string' && seen.has(entry)) continue;
    seen.add(entry);
    const place = at('ports', index);
    for (const published of publishedPorts(entry)) {
      const key = portKey(published);
      if (!found.has(key)) found.set(key, { ...published, place });
    }
    // Every port of the host twice over: whatever follows is repetition.
    if (found.size >= 131_070) break;
  }
  return [...found.values()];
}

/** What two entries have in common that publish the same. */
export function portKey({
  port,
  protocol,
  ip,
}: Omit<ServiceFacts['publishedPorts'][number], 'place'>): string {
  return `${ip ?? ''}:${port}/${protocol}`;
}

type At = (...rest: (string | number)[]) => Place;

function bindsOf(volumes: ComposeService['volumes'], base: BaseFolder, at: At): ServiceLayer['binds'] {
  const binds: ServiceLayer['binds'] = new Map();
  for (const [index, volume] of (volumes ?? []).entries()) {
    const { source, target, isBind } = typeof volume === 'string' ? shortVolume(volume) : longVolume(volume);
    const path = isBind && source !== null ? below(base, source) : null;
    const bind = path === null || source === null ? null : { source, path, place: at('volumes', index) };
    binds.set(target ?? `#${index}`, bind);
  }
  return binds;
}

function mountsOf(volumes: ComposeService['volumes'], at: At): ServiceLayer['mounts'] {
  const mounts: ServiceLayer['mounts'] = new Map();
  for (const [index, volume] of (volumes ?? []).entries()) {
    const { source, target } = typeof volume === 'string' ? shortVolume(volume) : longVolume(volume);
    mounts.set(target ?? `#${index}`, source === null ? null : { source, place: at('volumes', index) });
  }
  return mounts;
}

/** `[source:]target[:mode]`; a source that starts with a dot is a path, another word names a volume. */
function shortVolume(volume: string): { source: string | null; target: string | null; isBind: boolean } {
  const [first = '', second] = volume
    .replace(/\$\{[^}]*\}/g, (variable) => variable.replaceAll(':', '\0'))
    .split(':');
  if (second === undefined) return { source: null, target: first, isBind: false };
  const source = first.replaceAll('\0', ':');
  return { source, target: second, isBind: source.startsWith('.') };
}

function longVolume(volume: { type?: string | null; source?: string | null; target?: string | null }) {
  return { source: volume.source ?? null, target: volume.target ?? null, isBind: volume.type === 'bind' };
}

function envFilesOf(entries: ComposeService['env_file'], base: BaseFolder, at: At): ServiceLayer['envFiles'] {
  const list = typeof entries === 'string' ? [entries] : (entries ?? []);
  return list.flatMap((entry, index) => {
    const [file, required] =
      typeof entry === 'string'
        ? [entry, true]
        : [entry.path, entry.required !== false && entry.required !== 'false'];
    const path = below(base, file);
    const place = typeof entries === 'string' ? at('env_file') : at('env_file', index);
    return path === null ? [] : [{ path, required, place }];
  });
}

/**
 * A relative path of a Compose file, from the workspace root; null when it is absolute, out of the workspace, or known
 * to Compose alone (`${…}`, `~`).
 */
export function below(base: BaseFolder, path: string): string | null {
  if (base === null || path === '' || isInterpolated(path) || path.startsWith('~') || posix.isAbsolute(path))
    return null;
  const joined = posix.join(base, path).replace(/\/$/, '');
  return isOutside(joined) ? null : joined;
}
