import type {
  ContainerDetails,
  ContainerMount,
  ContainerNetwork,
  ContainerState,
  HealthcheckSettings,
  HealthStatus,
  PublishedPort,
} from './container';
import { keptEndpoint, type RawEndpoint } from '../network/kept-endpoint';

/** What `docker container inspect` prints of one container, as far as it is read here. */
export interface RawContainer {
  Id: string;
  Name: string;
  Created: string;
  Image: string;
  RestartCount: number;
  State: {
    Status: string;
    Running: boolean;
    Pid: number;
    ExitCode: number;
    OOMKilled: boolean;
    Error: string;
    StartedAt: string;
    FinishedAt: string;
    Health?: {
      Status: string;
      FailingStreak: number;
      Log: { Start: string; End: string; ExitCode: number; Output: string }[] | null;
    } | null;
  };
  Config: {
    Image: string;
    Labels: Record<string, string> | null;
    StopSignal?: string;
    StopTimeout?: number | null;
    User?: string;
    Healthcheck?: RawHealthcheck | null;
    Shell?: string[] | null;
  };
  HostConfig: {
    NetworkMode: string;
    IpcMode?: string;
    PidMode?: string;
    VolumesFrom?: string[] | null;
    RestartPolicy: { Name: string; MaximumRetryCount: number } | null;
    PortBindings: Record<string, { HostIp: string; HostPort: string }[] | null> | null;
  };
  Mounts: { Type: string; Name?: string; Source: string; Destination: string; RW: boolean }[] | null;
  NetworkSettings: { Networks: Record<string, RawJoined> | null };
}

interface RawJoined extends RawEndpoint {
  NetworkID: string;
  GlobalIPv6Address: string;
  Gateway: string;
}

interface RawHealthcheck {
  Test?: string[] | null;
  Interval?: number;
  Timeout?: number;
  StartPeriod?: number;
  StartInterval?: number;
  Retries?: number;
}

/** The engine writes this for "never". */
const NEVER = '0001-01-01T00:00:00Z';

/** Everything that `docker container inspect` printed, in its order. */
export function parseContainers(stdout: string): ContainerDetails[] {
  return (JSON.parse(stdout || '[]') as RawContainer[]).map(toDetails);
}

/** One container as the engine tells of it. */
export function toDetails(raw: RawContainer): ContainerDetails {
  const { State: state, Config: config, HostConfig: host } = raw;
  return {
    id: raw.Id,
    name: raw.Name.replace(/^\//, ''),
    image: config.Image,
    imageId: raw.Image,
    labels: config.Labels ?? {},
    createdAt: raw.Created,
    state: state.Status as ContainerState,
    running: state.Running,
    pid: state.Pid,
    exitCode: state.ExitCode,
    oomKilled: state.OOMKilled,
    error: state.Error,
    restartCount: raw.RestartCount,
    startedAt: state.StartedAt === NEVER ? null : state.StartedAt,
    finishedAt: state.FinishedAt === NEVER ? null : state.FinishedAt,
    health: healthOf(state.Health),
    healthcheck: healthcheckOf(config.Healthcheck, config.Shell),
    networks: Object.fromEntries(
      Object.entries(raw.NetworkSettings.Networks ?? {}).map(([name, endpoint]) => [
        name,
        toNetwork(endpoint, raw.Id),
      ]),
    ),
    networkMode: host.NetworkMode,
    joins: joinsOf(host),
    mounts: (raw.Mounts ?? []).map(toMount),
    restartPolicy: {
      name: host.RestartPolicy?.Name || 'no',
      maximumRetryCount: host.RestartPolicy?.MaximumRetryCount ?? 0,
    },
    ports: Object.entries(host.PortBindings ?? {}).flatMap(toPorts),
    stopSignal: config.StopSignal || null,
    stopTimeoutSeconds: config.StopTimeout ?? null,
    user: config.User ?? '',
  };
}

/** The engine keeps them as they were asked for: Compose asks by id. */
function joinsOf({ NetworkMode, IpcMode, PidMode, VolumesFrom }: RawContainer['HostConfig']): string[] {
  const modes = [NetworkMode, IpcMode, PidMode].flatMap(
    (mode) => /^container:(.+)$/.exec(mode ?? '')?.[1] ?? [],
  );
  const volumes = (VolumesFrom ?? []).map((text) => text.split(':')[0] ?? '');
  return [...new Set([...modes, ...volumes])];
}

function healthOf(raw: RawContainer['State']['Health']): ContainerDetails['health'] {
  if (!raw || raw.Status === 'none' || raw.Status === '') return null;
  return {
    status: raw.Status as HealthStatus,
    failingStreak: raw.FailingStreak,
    log: (raw.Log ?? []).map((probe) => ({
      start: probe.Start,
      end: probe.End,
      exitCode: probe.ExitCode,
      output: probe.Output,
    })),
  };
}

/** Zero means the engine's default: 30 s, 30 s, 0, 5 s and 3 retries. Durations come in nanoseconds. */
function healthcheckOf(
  raw: RawHealthcheck | null | undefined,
  shell: string[] | null | undefined,
): HealthcheckSettings | null {
  const test = raw?.Test ?? [];
  if (!raw || test.length === 0 || test[0] === 'NONE') return null;
  const milliseconds = (value: number | undefined, fallback: number): number =>
    value ? value / 1e6 : fallback;
  return {
    test,
    shell: shell?.length ? shell : ['/bin/sh', '-c'],
    intervalMs: milliseconds(raw.Interval, 30_000),
    timeoutMs: milliseconds(raw.Timeout, 30_000),
    startPeriodMs: milliseconds(raw.StartPeriod, 0),
    startIntervalMs: milliseconds(raw.StartInterval, 5_000),
    retries: raw.Retries || 3,
  };
}

function toNetwork(raw: RawJoined, id: string): ContainerNetwork {
  return {
    networkId: raw.NetworkID,
    ipv4: raw.IPAddress || null,
    ipv6: raw.GlobalIPv6Address || null,
    gateway: raw.Gateway || null,
    aliases: raw.Aliases ?? [],
    endpoint: keptEndpoint(raw, id),
  };
}

function toMount(raw: NonNullable<RawContainer['Mounts']>[number]): ContainerMount {
  return {
    type: raw.Type,
    name: raw.Name || null,
    source: raw.Source,
    destination: raw.Destination,
    readOnly: !raw.RW,
  };
}

function toPorts([key, bindings]: [string, { HostIp: string; HostPort: string }[] | null]): PublishedPort[] {
  const [port, protocol = 'tcp'] = key.split('/');
  return (bindings ?? []).map((binding) => ({
    containerPort: Number(port),
    protocol,
    hostIp: binding.HostIp,
    hostPort: Number(binding.HostPort) || 0,
  }));
}
