/**
 * One act of a deploy. The plan decides all of it; whoever carries it out decides nothing but whether requests can
 * wait, which takes a Traefik that runs.
 */
export type Operation = ConvergeOperation | SwarmOperation | DownOperation;

/** One without the members that its place in the order gives it. */
export type Unplaced<One extends Operation, Member extends keyof OperationBase> = One extends Operation
  ? Omit<One, Member>
  : never;

/** What brings a stack to what its sources say. */
export type ConvergeOperation = OperationBase & Act;

/** What brings a stack to what its sources say where a swarm runs it. */
export type SwarmOperation = OperationBase & SwarmAct;

/** What takes a stack down. */
export type DownOperation = OperationBase & DownAct;

interface OperationBase {
  /** Unique in its plan: `roll web`, `wait db healthy`. */
  id: string;
  /** Operations that have to be done before this one begins. */
  after: string[];
  /** Those of them that are optional and without which this one is not done. */
  needs?: string[];
  /** Why, in words; what the service's own row says already is not repeated. */
  reasons: string[];
  /** Its failure stops nobody: all who wait for it have `required: false`. The deploy fails in the end. */
  optional?: true;
}

type Act =
  /** The network that the proxy and services with an address of their own share. */
  | { kind: 'make-proxynet' }
  /** What the proxy's containers read at their start; `isHandedOver`: Traefik's own comes with its replacement. */
  | { kind: 'publish-configuration'; isHandedOver: boolean }
  /** The state folder's files go to the user that Traefik runs as. */
  | { kind: 'hand-files' }
  /** Containers go, by id. */
  | { kind: 'remove'; step: 'remove-leftovers' | 'remove-services'; services: string[]; containers: string[] }
  /** Its containers stop, it goes and comes with the options that it should have, and they come back to it. */
  | { kind: 'recreate-network'; network: string; members: NetworkMember[]; makers: NetworkMaker[] }
  /** These networks exist; Compose makes them for services that join them. */
  | { kind: 'make-networks'; networks: string[]; makers: NetworkMaker[] }
  | { kind: 'attach-providers' }
  /** Containers join or leave networks while they run. */
  | { kind: 'connect' | 'disconnect'; service: string }
  /** The service leaves a network while it serves. */
  | { kind: 'move'; service: string }
  /** One Compose process starts what is not there, or not running; it keeps the order among these. */
  | { kind: 'start'; services: { service: string; scale: number }[] }
  | { kind: 'recreate'; service: string; scale: number }
  /** The same containers, stopped and started. */
  | { kind: 'restart'; service: string; containers: string[] }
  /** Replaced while it serves. */
  | { kind: 'roll'; service: string }
  | { kind: 'replace-traefik'; service: string }
  /** Another number of containers, none of which stops serving too early. */
  | { kind: 'scale'; service: string }
  /** One look at all of them; `retired` are containers of theirs that are about to go. */
  | { kind: 'wait'; services: string[]; until: WaitCondition; retired: string[] }
  /** Its containers join the networks of those that ask it. */
  | { kind: 'attach-to-consumers'; service: string; retired: string[] }
  | { kind: 'publish-routes' }
  | { kind: 'await-routes'; services: string[] }
  | { kind: 'remove-network'; network: string };

type SwarmAct =
  /** Networks, configs and secrets that the services name. */
  | { kind: 'make-objects' }
  /** Services that were not there; the engine starts them at once, and all are well in the end. */
  | { kind: 'start-new'; services: string[] }
  /** The engine replaces what changed, starts what is new and takes away what is wanted no more. */
  | { kind: 'update'; services: string[] }
  /**
   * The same; tasks of the new definition serve meanwhile for those in `bridged`. Where no Traefik runs nobody is led
   * to them, and there is no bridge.
   */
  | { kind: 'update-behind-bridge'; services: string[]; bridged: string[] }
  | { kind: 'remove-old-objects' }
  | { kind: 'publish-routes' };

type DownAct =
  /** None of the stack's routes stays published. */
  | { kind: 'drop-routes' }
  /** Where another stack serves the same routes, that one gets the requests. */
  | { kind: 'lead-on' }
  /**
   * All containers of the Compose project go, one-off ones too, each before those that it depends on; `volumes`: their
   * anonymous volumes too.
   */
  | { kind: 'remove-project'; services: string[]; volumes: boolean }
  | { kind: 'remove-project-networks' }
  | { kind: 'remove-project-volumes' }
  /** Requests find their way by labels and files alone again. */
  | { kind: 'lead-back' }
  /** The record of the stack's deploy goes. */
  | { kind: 'forget' };

/**
 * Compose makes a network with the first container of one that joins it: at its present number it makes no container.
 */
export interface NetworkMaker {
  service: string;
  scale: number;
}

/** A container that is to be on a network again. */
export interface NetworkMember {
  container: string;
  service: string;
  aliases: string[];
  /** Fixed addresses; absent: the engine gives one. */
  ip?: string;
  ip6?: string;
  linkLocalIps?: string[];
  /** It ran before, and runs afterwards. */
  isRunning: boolean;
}

/** ready: it runs, and is healthy where it has a health check, or ended as it may. */
export type WaitCondition = 'ready' | 'healthy' | 'completed';

export type OperationKind = Act['kind'];
export type SwarmKind = SwarmAct['kind'];
export type DownKind = DownAct['kind'];

const SWARM: Readonly<Record<SwarmKind, true>> = {
  'make-objects': true,
  'start-new': true,
  update: true,
  'update-behind-bridge': true,
  'remove-old-objects': true,
  'publish-routes': true,
};

const DOWN: Readonly<Record<DownKind, true>> = {
  'drop-routes': true,
  'lead-on': true,
  'remove-project': true,
  'remove-project-networks': true,
  'remove-project-volumes': true,
  'lead-back': true,
  forget: true,
};

export function isSwarmOperation(operation: Operation): operation is SwarmOperation {
  return operation.kind in SWARM;
}

/** Whether it is one of a deploy by Compose: what publishes routes is one of both. */
export function isConvergeOperation(operation: Operation): operation is ConvergeOperation {
  return operation.kind === 'publish-routes' || !(operation.kind in SWARM || operation.kind in DOWN);
}
