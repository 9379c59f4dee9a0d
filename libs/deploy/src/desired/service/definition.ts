import type { ComposeFileObject, ComposeModel, ComposeMount, ComposeService } from '@itsup/docker';

import type { DesiredDependency, DesiredNetwork, DesiredNetworkUse, DesiredVolume } from '../../plan/model';
import type { Digester } from '../digest';

/** Keys that change nothing in a running container, or that are compared in another way. */
const NOT_COMPARED = new Set([
  'build',
  'depends_on',
  'image',
  'profiles',
  'pull_policy',
  'scale',
  // Compared one by one:
  'configs',
  'environment',
  'labels',
  'networks',
  'secrets',
  'volumes',
]);

/** What a service's mounts show, digested; filled by whoever reads files. */
export interface MountedContents {
  /** By absolute path of a bound file, config or secret: digest of its content, or `absent`. */
  files: Record<string, string>;
  /** Those of them that are a service's data, and not compared where they are bound: `dataFiles`. */
  data: ReadonlySet<string>;
  /** By service: digest of what deploy publishes under a mount of the state folder. */
  published: Record<string, string>;
  /** The environment that `environment:` secrets and configs are taken from. */
  environment: Readonly<Record<string, string | undefined>>;
  /** Makes a path short for people: relative to the workspace. */
  display(path: string): string;
}

/**
 * A service's definition by aspect, digested with the state's key: what people change has an aspect of its own
 * (`environment LOG_LEVEL`), so that a plan can name it without knowing a value.
 */
export function aspectsOf(
  name: string,
  model: ComposeModel,
  contents: MountedContents,
  digester: Digester,
): Record<string, string> {
  const service = model.services[name];
  if (service === undefined) return {};
  const values = new Map<string, unknown[]>();
  const add = (aspect: string, value: unknown): void => {
    values.set(aspect, [...(values.get(aspect) ?? []), value]);
  };
  for (const [key, value] of Object.entries(service)) {
    if (value === null || NOT_COMPARED.has(key) || key.startsWith('x-')) continue;
    const compared = key === 'deploy' ? deployAspect(service) : value;
    if (!isEmpty(compared)) add(key, compared);
    // Not what is absent: it takes away what the image says.
    else if (key === 'command' || key === 'entrypoint') add(`empty ${key}`, true);
  }
  // Beside `models`, which says neither that one without options came nor what they are.
  for (const [key, use] of Object.entries(service.models ?? {})) {
    add(`model ${key}`, [use ?? {}, model.models?.[key]]);
  }
  for (const [key, value] of Object.entries(service.environment ?? {})) add(`environment ${key}`, [value]);
  for (const [key, value] of Object.entries(service.labels ?? {})) add(`label ${key}`, value);
  for (const use of networksOf(name, model)) {
    add(`network ${use.network}`, service.networks?.[use.key] ?? {});
  }
  for (const mount of service.volumes ?? []) {
    for (const [aspect, value] of mountAspects(mount, model, contents)) add(aspect, value);
  }
  for (const kind of ['config', 'secret'] as const) {
    for (const reference of service[`${kind}s`] ?? []) {
      const source = model[`${kind}s`]?.[reference.source];
      add(`${kind} ${reference.source}`, [reference, objectContent(source, contents)]);
    }
  }
  const published = contents.published[name];
  if (published !== undefined) add('configuration', published);
  return Object.fromEntries([...values].flatMap(([aspect, all]) => digestsOfAspect(aspect, all, digester)));
}

/**
 * Of what a service has more than once (a config at two targets) the last has the aspect, and all have another one
 * (`configs nginx`): a record of a version that compared the last alone goes on to count.
 */
function digestsOfAspect(aspect: string, values: unknown[], digester: Digester): [string, string][] {
  const last: [string, string] = [aspect, digester.of(values.at(-1))];
  return values.length === 1 ? [last] : [last, [aspect.replace(/^\w+/, '$&s'), digester.of(values)]];
}

/** Networks of a service by their names on the engine, with the key the Compose file has for each. */
export function networksOf(name: string, model: ComposeModel): (DesiredNetworkUse & { key: string })[] {
  const service = model.services[name];
  if (service === undefined || service.network_mode !== undefined) return [];
  // Compose gives them to each network that it connects, by the names of containers that it alone knows.
  const isLinked = !isEmpty(service.links) || !isEmpty(service.external_links);
  return Object.entries(service.networks ?? {}).map(([key, use]) => ({
    key,
    network: model.networks?.[key]?.name ?? `${model.name}_${key}`,
    aliases: [name, ...(use?.aliases ?? [])],
    pinned: isLinked || (use !== null && Object.keys(use).some((option) => option !== 'aliases')),
    ...(use?.ipv4_address !== undefined && { ip: use.ipv4_address }),
    ...(use?.ipv6_address !== undefined && { ip6: use.ipv6_address }),
    ...(use?.link_local_ips !== undefined && { linkLocalIps: use.link_local_ips }),
  }));
}

/** Networks that Compose makes for the stack, as its file defines them. */
export function ownNetworksOf(model: ComposeModel, digester: Digester): DesiredNetwork[] {
  return Object.entries(model.networks ?? {}).flatMap(([key, network]): DesiredNetwork[] => {
    if (network?.external) return [];
    const configs = network?.ipam?.config ?? [];
    return [
      {
        name: network?.name ?? `${model.name}_${key}`,
        projectName: model.name,
        ...digestsOf(network ?? {}, digester),
        driver: network?.driver ?? null,
        internal: network?.internal ?? false,
        attachable: network?.attachable ?? false,
        ipv6: network?.enable_ipv6 ?? null,
        options: textsOf(network?.driver_opts),
        labels: textsOf(network?.labels),
        subnets: configs.flatMap(({ subnet, gateway = null, ip_range: ipRange = null }) =>
          subnet === undefined ? [] : [{ subnet, gateway, ipRange }],
        ),
      },
    ];
  });
}

/** Named volumes that Compose makes for the stack, as its file defines them. */
export function ownVolumesOf(model: ComposeModel, digester: Digester): DesiredVolume[] {
  return Object.entries(model.volumes ?? {}).flatMap(([key, volume]): DesiredVolume[] => {
    if (volume?.external) return [];
    return [
      {
        name: volume?.name ?? `${model.name}_${key}`,
        ...digestsOf(volume ?? {}, digester),
        driver: volume?.driver ?? null,
        options: textsOf(volume?.driver_opts),
        labels: textsOf(volume?.labels),
      },
    ];
  });
}

/** Of all but what is for people and other programs (`x-…`), which Compose leaves out as well. */
function digestsOf(definition: object, digester: Digester): { digest: string; earlierDigest?: string } {
  const entries = Object.entries(definition);
  const own = entries.filter(([key]) => !key.startsWith('x-'));
  const digest = digester.of(Object.fromEntries(own));
  return own.length === entries.length ? { digest } : { digest, earlierDigest: digester.of(definition) };
}

/** What Compose made of `depends_on`, of the services that are there. */
export function dependenciesOf(name: string, { services }: ComposeModel): DesiredDependency[] {
  return Object.entries(services[name]?.depends_on ?? {}).flatMap(([service, dependency]) =>
    service in services
      ? [
          {
            service,
            condition: dependency.condition,
            restart: dependency.restart ?? false,
            required: dependency.required ?? true,
          },
        ]
      : [],
  );
}

function textsOf(values: Readonly<Record<string, string | number>> | undefined): Record<string, string> {
  return Object.fromEntries(Object.entries(values ?? {}).map(([key, value]) => [key, String(value)]));
}

/** Compose's own order of precedence: `scale`, then `deploy.replicas`, then one. */
export function replicasOf(service: ComposeService): number {
  return service.scale ?? service.deploy?.replicas ?? 1;
}

/** Replicas are counted, not compared; empty members that Compose fills in for some versions say nothing. */
function deployAspect(service: ComposeService): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(service.deploy ?? {}).filter(([key, value]) => key !== 'replicas' && !isEmpty(value)),
  );
}

/** Of a bound file two: how it is mounted, and that with its content. */
function mountAspects(
  mount: ComposeMount,
  model: ComposeModel,
  contents: MountedContents,
): [string, unknown][] {
  const { source } = mount;
  const content = mount.type === 'bind' && source !== undefined ? contents.files[source] : undefined;
  if (source !== undefined && content !== undefined) {
    const shown = contents.display(source);
    const how: [string, unknown] = [`mount ${shown}`, mount];
    return contents.data.has(source) ? [how] : [how, [`file ${shown}`, [mount, content]]];
  }
  const named = mount.type === 'volume' && source !== undefined ? model.volumes?.[source] : undefined;
  return [[`volume ${mount.target}`, [mount, named?.name]]];
}

function objectContent(object: ComposeFileObject | undefined, contents: MountedContents): unknown {
  if (object?.file !== undefined) return contents.files[object.file] ?? 'absent';
  if (object?.environment !== undefined) return [contents.environment[object.environment]];
  return [object?.content, object?.external, object?.name];
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null) return true;
  if (Array.isArray(value)) return value.length === 0;
  return typeof value === 'object' && Object.keys(value).length === 0;
}
