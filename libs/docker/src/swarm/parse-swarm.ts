import type { SwarmFile, SwarmNode, SwarmService, SwarmState, SwarmTask } from './swarm';

/** Label of all that belongs to a stack. */
export const STACK_LABEL = 'com.docker.stack.namespace';

/** What the engine's API answers, as far as it is read: every member may be missing. */
export interface ApiObject {
  ID?: string;
  Version?: { Index?: number };
  CreatedAt?: string;
}

export interface ApiService extends ApiObject {
  Spec?: {
    Name?: string;
    Labels?: Record<string, string>;
    TaskTemplate?: {
      ContainerSpec?: {
        Image?: string;
        Configs?: { ConfigName?: string }[];
        Secrets?: { SecretName?: string }[];
      };
      RestartPolicy?: { Condition?: string };
    };
    Mode?: Record<string, { Replicas?: number; TotalCompletions?: number } | undefined>;
  };
  UpdateStatus?: { State?: string; Message?: string; StartedAt?: string };
}

export interface ApiTask extends ApiObject {
  ServiceID?: string;
  Slot?: number;
  NodeID?: string;
  DesiredState?: string;
  Spec?: { ContainerSpec?: { Image?: string } };
  NetworksAttachments?: { Network?: { Spec?: { Name?: string } }; Addresses?: string[] }[];
  Status?: {
    Timestamp?: string;
    State?: string;
    Message?: string;
    Err?: string;
    ContainerStatus?: { ExitCode?: number };
  };
}

export interface ApiNode extends ApiObject {
  Spec?: {
    Role?: SwarmNode['role'];
    Availability?: SwarmNode['availability'];
    Labels?: Record<string, string>;
  };
  Description?: { Hostname?: string; Engine?: { EngineVersion?: string } };
  Status?: { State?: string; Addr?: string };
  ManagerStatus?: { Leader?: boolean; Addr?: string };
}

export interface ApiFile extends ApiObject {
  Spec?: { Name?: string; Labels?: Record<string, string> };
}

export interface ApiInfo {
  Swarm?: {
    LocalNodeState?: string;
    ControlAvailable?: boolean;
    NodeID?: string;
    NodeAddr?: string;
    Error?: string;
  };
}

export function stateOf({ Swarm: swarm = {} }: ApiInfo): SwarmState {
  return {
    state: swarm.LocalNodeState ?? 'inactive',
    isManager: swarm.ControlAvailable ?? false,
    nodeId: swarm.NodeID ?? '',
    address: swarm.NodeAddr ?? '',
    error: swarm.Error ?? '',
  };
}

export function serviceOf({ ID = '', Version, Spec = {}, UpdateStatus }: ApiService): SwarmService {
  const [mode, settings] = Object.entries(Spec.Mode ?? {}).find(([, one]) => one !== undefined) ?? [
    'Replicated',
  ];
  const labels = Spec.Labels ?? {};
  return {
    id: ID,
    version: Version?.Index ?? 0,
    name: Spec.Name ?? '',
    stack: labels[STACK_LABEL] ?? null,
    labels,
    image: Spec.TaskTemplate?.ContainerSpec?.Image ?? '',
    mode,
    replicas: mode.startsWith('Global') ? null : (settings?.Replicas ?? settings?.TotalCompletions ?? 1),
    restarts: Spec.TaskTemplate?.RestartPolicy?.Condition ?? 'any',
    taskSpec: Spec.TaskTemplate ?? {},
    files: [
      ...(Spec.TaskTemplate?.ContainerSpec?.Configs ?? []).map(({ ConfigName = '' }) => ConfigName),
      ...(Spec.TaskTemplate?.ContainerSpec?.Secrets ?? []).map(({ SecretName = '' }) => SecretName),
    ],
    // It is there without a state where there was no update.
    update:
      UpdateStatus?.State === undefined || UpdateStatus.State === ''
        ? null
        : {
            state: UpdateStatus.State,
            message: UpdateStatus.Message ?? '',
            startedAt: UpdateStatus.StartedAt ?? null,
          },
  };
}

export function taskOf(task: ApiTask): SwarmTask {
  const { Status: status = {} } = task;
  return {
    id: task.ID ?? '',
    serviceId: task.ServiceID ?? '',
    slot: task.Slot ?? 0,
    nodeId: task.NodeID ?? '',
    state: status.State ?? 'new',
    desiredState: task.DesiredState ?? '',
    error: status.Err ?? '',
    message: status.Message ?? '',
    exitCode: status.ContainerStatus?.ExitCode ?? null,
    image: task.Spec?.ContainerSpec?.Image ?? '',
    addresses: Object.fromEntries(
      (task.NetworksAttachments ?? []).flatMap(({ Network, Addresses: [address] = [] }) => {
        const name = Network?.Spec?.Name;
        return name === undefined || address === undefined ? [] : [[name, address.replace(/\/\d+$/, '')]];
      }),
    ),
    spec: task.Spec ?? {},
    since: status.Timestamp ?? '',
    createdAt: task.CreatedAt ?? '',
  };
}

export function nodeOf(node: ApiNode): SwarmNode {
  return {
    id: node.ID ?? '',
    version: node.Version?.Index ?? 0,
    hostName: node.Description?.Hostname ?? '',
    role: node.Spec?.Role ?? 'worker',
    availability: node.Spec?.Availability ?? 'active',
    state: node.Status?.State ?? 'unknown',
    address: node.Status?.Addr ?? '',
    isLeader: node.ManagerStatus?.Leader ?? false,
    labels: node.Spec?.Labels ?? {},
    engineVersion: node.Description?.Engine?.EngineVersion ?? '',
  };
}

export function fileOf({ ID = '', Spec = {} }: ApiFile): SwarmFile {
  return { id: ID, name: Spec.Name ?? '', labels: Spec.Labels ?? {} };
}
