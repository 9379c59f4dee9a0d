import type { HangsOn, HostPort } from '@itsup/docker';

import type { NetworkMember, Operation } from './operation';

/** What deploy does with one service. `none` is listed too, so that a plan is complete. */
export type ServiceAction =
  | 'create'
  | 'rollout'
  | 'recreate'
  | 'scale'
  | 'start'
  | 'restart'
  | 'connect'
  | 'disconnect'
  | 'move'
  | 'remove'
  | 'none';

/** One service of a stack as Compose resolved it, reduced to what the planner compares. Holds no secret value. */
export interface DesiredService {
  name: string;
  /** The image reference; Compose's own `<project>-<service>` when the service builds without naming one. */
  image: string;
  /** Content id of what `image` names on this engine now; null: absent, so it is pulled or built first. */
  imageId: string | null;
  /** Digest that images.lock.yml holds the image to: another content under the same name counts as absent. */
  locked?: string;
  /** Keyed digest of what the image is built from (context, Dockerfile, arguments); null: it is not built. */
  buildDigest: string | null;
  /** As an earlier version made it, without additional contexts and other services' images; absent: the same. */
  earlierBuildDigest?: string;
  /** It was built in this run, so the image's id alone decides. */
  built: boolean;
  /** By its `pull_policy` the registry is to be asked now, or the caller asked for a pull. */
  pulls: boolean;
  /** Nobody fetches its image: another service of the stack builds it, or `pull_policy: never`. */
  isLocal?: true;
  /** `pull_policy: build`: built with every deploy, whatever it is built from. */
  rebuilds?: true;
  replicas: number;
  /**
   * By aspect (`environment LOG_LEVEL`, `label traefik.enable`, `command`, `config nginx`): a keyed digest.
   * Two definitions are equal when their aspects are.
   */
  aspects: Record<string, string>;
  /**
   * What containers made from this have as their `definition`; filled only when one has to be adopted, null otherwise.
   */
  definition: string | null;
  /** Networks by their name on the engine. */
  networks: DesiredNetworkUse[];
  /** Services of the same stack that come before this one, as Compose resolved `depends_on`, `links` and the like. */
  dependsOn: DesiredDependency[];
  /** Services whose container itself this one's uses: it is made for that container alone. */
  hangsOn: HangsOn[];
  /** How many hooks of each kind it has; they hold values of variables, so they stay in the model. */
  hooks: { preStart: number; postStart: number; preStop: number };
  /** Facts that keep the service from being rolled, in words (`publishes host port 5432`); empty: it rolls. */
  notRolled: string[];
  /** `x-itsup: {rollout: true}`: it rolls although a container of it has data of its own. */
  isRolloutAsked?: true;
  /** Ports of the host that it publishes, one by one; absent: none. */
  ports?: HostPort[];
  /** Its restart policy lets a container end, so an exit with 0 is success (a migration, a seed). */
  mayFinish: boolean;
}

/** What Compose's `depends_on` says of one service. */
export interface DesiredDependency {
  service: string;
  condition: 'service_started' | 'service_healthy' | 'service_completed_successfully';
  /** The dependent is restarted when the other is replaced. */
  restart: boolean;
  /** false: the dependent comes even where the other does not. */
  required: boolean;
}

export interface DesiredNetworkUse {
  network: string;
  /** The container's names there. */
  aliases: string[];
  /** It has options (an address, a priority, links) that a live connect would lose or Compose alone can set. */
  pinned: boolean;
  /** Its fixed addresses there. */
  ip?: string;
  ip6?: string;
  linkLocalIps?: string[];
}

/** What should run, decided before anything is touched. */
export interface DesiredStack {
  stack: string;
  /** The name of the Compose project. */
  projectName: string;
  services: DesiredService[];
  /** Services of profiles that are not active: their containers are the operator's own business. */
  inactiveServices: string[];
  /** Networks this stack reaches other stacks by. */
  edges: DesiredEdge[];
  /** Networks that Compose makes for the stack. */
  ownNetworks: DesiredNetwork[];
  /** Named volumes that Compose makes for the stack. */
  ownVolumes: DesiredVolume[];
}

/** A network as the Compose file defines it; null: the file leaves it to the engine. */
export interface DesiredNetwork {
  /** On the engine. */
  name: string;
  projectName: string;
  /** Keyed digest of the definition. */
  digest: string;
  /** As an earlier version made it, with `x-…`; absent: the same. */
  earlierDigest?: string;
  driver: string | null;
  internal: boolean;
  attachable: boolean;
  ipv6: boolean | null;
  options: Record<string, string>;
  labels: Record<string, string>;
  subnets: { subnet: string; gateway: string | null; ipRange: string | null }[];
}

export interface DesiredVolume {
  name: string;
  digest: string;
  earlierDigest?: string;
  driver: string | null;
  options: Record<string, string>;
  labels: Record<string, string>;
}

/** An egress edge: this stack's network to one service of another. */
export interface DesiredEdge {
  network: string;
  provider: string;
  /** Compose project name of the provider. */
  providerProjectName: string;
  service: string;
}

export type ContainerState = 'created' | 'running' | 'paused' | 'restarting' | 'removing' | 'exited' | 'dead';

/** One container of the one listing of the engine. */
export interface ObservedContainer {
  id: string;
  name: string;
  projectName: string;
  service: string;
  /** Of the replica, from 1; replicas are ordered by it. */
  number: number;
  state: ContainerState;
  /** Set when `state` is exited. */
  exitCode: number | null;
  /** null: the container has no health check. */
  health: 'starting' | 'healthy' | 'unhealthy' | null;
  /**
   * As the engine lists it: the reference, or the id once the reference names another image.
   * That is how one listing shows that a tag moved.
   */
  image: string;
  /** The image's content id when the container was made; null on foreign ones. */
  imageId: string | null;
  /** A digest of the definition that it was made from, by who made it; null: not known. */
  definition: string | null;
  /** The files that it was made from, absolute. */
  sources: string[];
  networks: string[];
  /** Ports of the host that it has; absent: none. */
  ports?: HostPort[];
  /** It has a volume without a name: of its image's `VOLUME`, or of the file. */
  hasAnonymousVolume?: true;
  /** Containers whose namespace or volumes it uses, by id, gone ones too; absent: not asked. */
  hangsOn?: string[];
}

/** What the last successful deploy of a service left, kept in `deployed.json`. */
export interface DeployedStack {
  services: Record<string, DeployedService>;
  edges: DesiredEdge[];
  /**
   * Digests of the definitions of its own networks and volumes, by name; absent: of a version that did not record them.
   */
  networks?: Record<string, string>;
  volumes?: Record<string, string>;
}

/** What a record says that knows every kind of aspect there is now. */
export const ALL_ASPECTS = 2;

export interface DeployedService {
  aspects: Record<string, string>;
  /** `ALL_ASPECTS`; absent: recorded by a version that did not compare some kinds of aspects. */
  aspectsVersion?: number;
  image: string;
  imageId: string | null;
  buildDigest: string | null;
  replicas: number;
  /** Services that it depends on, after which it stops; absent: recorded by a version that did not write it down. */
  dependsOn?: string[];
  containers: {
    id: string;
    /** Its `definition`. */
    composeHash: string | null;
    image: string;
    finished: boolean;
    /**
     * Containers whose namespace or volumes it uses, by id; absent: none, or recorded by a version that did not ask.
     */
    hangsOn?: string[];
    /** It left a network while it served: its label and its hash are those of before. */
    moved?: true;
  }[];
}

/**
 * What a deploy made of a service and left running although it was not ready, with what it was made from: the next
 * deploy waits for these containers, and does not take them for the ones before.
 */
export interface StartingService extends DeployedService {
  /** Ids of those that may write to data which outlives them. */
  withData: string[];
}

/** A change of one service, or none, with its reasons in words. */
export interface ServicePlan {
  service: string;
  action: ServiceAction;
  /** Why; for `none` what there is to know (`adopted`), often empty. Never a secret value. */
  reasons: string[];
  /** Why the service is recreated and not rolled; empty for every other action. */
  notRolled: string[];
  /** The image is built before anything is touched. */
  build: boolean;
  /** The image is pulled before anything is touched. */
  pull: boolean;
  replicas: number;
  /** Containers that stay or are replaced, oldest first. */
  current: string[];
  /** Containers that go, by id: dead ones, those of another definition, surplus ones. Before anything starts. */
  leftovers: string[];
  /** Those of the leftovers that serve and that go only when the wanted ones are well. */
  retired: string[];
  /** Hooks that run with what is done to it, in words: `pre_start (2)`; absent: none. */
  hooks?: string[];
  /** `connect`, `disconnect`, `move`: the networks by name; those of a move are left. */
  networks: { network: string; aliases: string[] }[];
}

/** A network of the stack's own whose options are not the wanted ones. */
export interface NetworkPlan {
  network: string;
  reasons: string[];
  /** Containers that stop for it, and come back to it. */
  members: NetworkMember[];
  /** Names of other stacks' containers that run and are not on it for that moment. */
  guests: string[];
}

/** A change of a network between stacks. */
export interface EdgePlan {
  action: 'connect' | 'disconnect' | 'none';
  network: string;
  consumer: string;
  provider: string;
  service: string;
  /** Containers of the provider that are attached or detached. */
  containers: string[];
}

export interface StackPlan {
  stack: string;
  projectName: string;
  /** down: `enabled: false`, or an external project's stack that is gone. */
  kind: 'converge' | 'down' | 'external';
  services: ServicePlan[];
  edges: EdgePlan[];
  /** Networks that are made anew. */
  networks: NetworkPlan[];
  /** Files that deploy publishes for the proxy, relative to the state folder, with what happens to them. */
  files: { path: string; action: 'create' | 'update' | 'remove' }[];
  /** What a deploy does about it, in an order in which each comes after those it waits for. */
  operations: Operation[];
  /** Nothing of it would be touched. */
  unchanged: boolean;
  /** Recognised from the listing alone, no Compose process was started. */
  fromRecord: boolean;
  /** Things to know: adopted containers, variables without a value. */
  notes: string[];
}
