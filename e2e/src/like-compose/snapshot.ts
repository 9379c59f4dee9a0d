import { output } from '../harness/run';
import { startOrder, type Event } from './start-order';

type Json = Record<string, unknown>;

const COMPOSE = 'com.docker.compose.';
/** Labels by which Compose knows its objects again: numbers, digests, versions, paths of files. */
const BOOKKEEPING =
  /^com\.docker\.compose\.(?:config-hash|container-number|version|image|image\.builder|image-volume-digest|replace|project\.config_files|project\.environment_file)$/;

/** What the container was made to wait for. Compose writes it from a map. */
export const DEPENDS_ON = 'com.docker.compose.depends_on';
const ANONYMOUS = /^[0-9a-f]{64}$/;

/** A container as a person would compare two of them. */
export interface Container {
  /** Against the snapshot before: the same one, the same one started again, or another one. */
  fate: 'kept' | 'restarted' | 'new';
  state: string;
  health: string | null;
  config: Json;
  host: Json;
  mounts: unknown[];
  networks: Json;
}

/** What a project comes to on the engine, without what differs between any two runs. */
export interface Snapshot {
  /** By service, in order of their age. */
  containers: Record<string, Container[]>;
  networks: Record<string, Json>;
  volumes: Record<string, Json>;
  /** By `service after dependency (condition)`: whether it was so. */
  order: Record<string, boolean>;
}

/** What tells the objects of a project from others of the same name. */
export interface Identities {
  /** When each container was started, by its id. */
  containers: Record<string, string>;
  /** Networks, volumes with the moment they were made, anonymous volumes. */
  objects: Set<string>;
}

interface Inspected {
  Id: string;
  Name: string;
  Created: string;
  State: { Status: string; StartedAt: string; ExitCode: number; Health?: { Status: string } };
  Config: Json & { Labels: Record<string, string>; Hostname: string };
  HostConfig: Json;
  Mounts: (Json & { Type: string; Name?: string })[];
  NetworkSettings: { Networks: Record<string, Json & { Aliases?: string[] | null }> };
}

export const NOTHING: Identities = { containers: {}, objects: new Set() };

/**
 * Describes the Compose project.
 *
 * @param folder of the project, which stands as `<folder>` in the snapshot
 * @param before what was there at the snapshot before
 * @param events what happened since then to containers of any project
 */
export async function takeSnapshot(
  project: string,
  folder: string,
  before: Identities,
  events: readonly Event[],
): Promise<{ snapshot: Snapshot; identities: Identities }> {
  const containers = (await inspectAll<Inspected>('container', project)).sort((a, b) =>
    a.Created < b.Created ? -1 : 1,
  );
  const networks = await inspectAll<Json & { Id: string; Name: string; Labels: Record<string, string> }>(
    'network',
    project,
  );
  const volumes = await inspectAll<
    Json & { Name: string; CreatedAt: string; Labels: Record<string, string> }
  >('volume', project);
  const rename = renaming(containers, project, folder);
  const byService: Snapshot['containers'] = {};
  for (const container of containers) {
    const service = container.Config.Labels[`${COMPOSE}service`] ?? '';
    (byService[service] ??= []).push(rename(picture(container, before)));
  }
  return {
    snapshot: {
      containers: byService,
      networks: Object.fromEntries(
        networks.map(({ Id, Name, Driver, EnableIPv6, IPAM, Internal, Attachable, Options, Labels }) => [
          Name,
          rename({
            fate: before.objects.has(Id) ? 'kept' : 'new',
            ...{ Driver, EnableIPv6, Internal, Attachable, Options },
            IPAM: withoutPools(IPAM as Json),
            Labels: ownLabels(Labels),
          }),
        ]),
      ),
      volumes: Object.fromEntries(
        volumes
          .filter(({ Name }) => !ANONYMOUS.test(Name))
          .map(({ Name, CreatedAt, Driver, Options, Labels }) => [
            Name,
            rename({
              fate: before.objects.has(`${Name} ${CreatedAt}`) ? 'kept' : 'new',
              ...{ Driver, Options },
              Labels: ownLabels(Labels),
            }),
          ]),
      ),
      order: await startOrder(
        folder,
        events.filter((event) => event.project === project),
      ),
    },
    identities: {
      containers: Object.fromEntries(containers.map(({ Id, State }) => [Id, State.StartedAt])),
      objects: new Set([
        ...networks.map(({ Id }) => Id),
        ...volumes.map(({ Name, CreatedAt }) => `${Name} ${CreatedAt}`),
        ...containers.flatMap(({ Mounts }) =>
          Mounts.map(({ Name = '' }) => Name).filter((name) => ANONYMOUS.test(name)),
        ),
      ]),
    },
  };
}

/** An anonymous volume has a name by chance: what counts is whether the one before is mounted again. */
function nameOfVolume(name: string, before: Identities): string {
  if (!ANONYMOUS.test(name)) return name;
  return before.objects.has(name) ? 'anonymous, the one before' : 'anonymous, a new one';
}

function picture(
  { Id, State, Config, HostConfig, Mounts, NetworkSettings }: Inspected,
  before: Identities,
): Container {
  const started = before.containers[Id];
  const { Hostname, Labels, Env, ...config } = Config;
  return {
    fate: started === undefined ? 'new' : started === State.StartedAt ? 'kept' : 'restarted',
    state: State.Status === 'exited' ? `exited ${State.ExitCode}` : State.Status,
    health: State.Health?.Status ?? null,
    config: {
      ...config,
      Env: [...((Env as string[] | null) ?? [])].sort(),
      // Without one of its own it is called after its id.
      Hostname: Id.startsWith(Hostname) ? null : Hostname,
      Labels: ownLabels(Labels),
    },
    host: hostOf(HostConfig, before),
    mounts: Mounts.map(({ Source: source, ...mount }) => ({
      ...mount,
      // Of an image it is a folder of the engine's own.
      ...(mount.Type === 'volume' || mount.Type === 'image' ? {} : { source }),
      ...(mount.Name === undefined ? {} : { Name: nameOfVolume(mount.Name, before) }),
    })).sort(byText),
    networks: Object.fromEntries(
      Object.entries(NetworkSettings.Networks).map(
        ([name, { IPAMConfig, Links, Aliases, DriverOpts, GwPriority }]) => [
          name,
          {
            IPAMConfig: IPAMConfig ?? null,
            // Compose ends some of a link's names with the number of the container that has the link.
            Links: sorted((Links as string[] | null)?.map((link) => link.replace(/-\d+$/, '')) ?? null),
            ...{ DriverOpts, GwPriority },
            Aliases: [...new Set(Aliases ?? [])].filter((alias) => alias !== Id.slice(0, 12)).sort(),
          },
        ],
      ),
    ),
  };
}

/** Compose keeps some lists in maps, so their order is another one in each run. */
function hostOf(host: Json, before: Identities): Json {
  const mounts = (host['Mounts'] ?? []) as { Source?: string }[];
  return {
    ...host,
    // None, in two spellings.
    Dns: host['Dns'] ?? [],
    Binds: sorted(host['Binds']),
    ExtraHosts: sorted(host['ExtraHosts']),
    Ulimits: sorted(host['Ulimits']),
    Mounts: sorted(
      mounts.map((mount) =>
        mount.Source === undefined ? mount : { ...mount, Source: nameOfVolume(mount.Source, before) },
      ),
    ),
  };
}

function sorted(list: unknown): unknown {
  return Array.isArray(list) ? [...(list as unknown[])].sort(byText) : list;
}

function byText(a: unknown, b: unknown): number {
  return JSON.stringify(a) < JSON.stringify(b) ? -1 : 1;
}

function ownLabels(labels: Record<string, string> | null): Record<string, string> {
  return Object.fromEntries(
    Object.entries(labels ?? {})
      .filter(([name]) => !BOOKKEEPING.test(name))
      .map(([name, value]) => [name, name === DEPENDS_ON ? value.split(',').sort().join() : value])
      .sort(),
  );
}

/** The engine picks the range of a network that names none. */
function withoutPools({ Config, ...ipam }: Json): Json {
  const pools = ((Config as Json[] | null) ?? []).filter(
    ({ Subnet }) => !/^10\.(?:6[4-9]|[78]\d|9[0-5])\./.test(String(Subnet)),
  );
  return { ...ipam, Config: pools };
}

/** Replaces what differs from run to run in every text of a value: ids, numbers of containers, the folder. */
function renaming(containers: Inspected[], project: string, folder: string): <T>(value: T) => T {
  const words: [string, string][] = [[folder, '<folder>']];
  for (const { Id, Name, Config } of containers) {
    const service = Config.Labels[`${COMPOSE}service`] ?? '';
    words.push([Id, `<${service}>`], [Id.slice(0, 12), `<${service}>`]);
    const name = Name.slice(1);
    if (name.startsWith(`${project}-${service}-`)) words.push([name, `${project}-${service}`]);
  }
  words.sort(([a], [b]) => b.length - a.length);
  return <T>(value: T): T => {
    let text = JSON.stringify(value);
    for (const [word, instead] of words) text = text.replaceAll(word, instead);
    return JSON.parse(text) as T;
  };
}

async function inspectAll<T>(kind: 'container' | 'network' | 'volume', project: string): Promise<T[]> {
  const filter = ['--filter', `label=${COMPOSE}project=${project}`];
  const list = await output('docker', [
    kind,
    'ls',
    ...(kind === 'container' ? ['--all'] : []),
    '--quiet',
    ...filter,
  ]);
  const ids = list.split('\n').filter(Boolean);
  return ids.length === 0 ? [] : (JSON.parse(await output('docker', [kind, 'inspect', ...ids])) as T[]);
}
