import { COMPOSE_LABELS } from '../compose/labels';
import type {
  ContainerDetails,
  ContainerMount,
  ContainerState,
  ContainerSummary,
  HealthcheckSettings,
  HealthStatus,
  PublishedPort,
} from '../container/container';
import { hostPortOf } from '../container/host-port';
import type { EndpointOptions } from '../network/network';

/** How a container of an image turns out. */
export type Behaviour = 'healthy' | 'unhealthy' | 'exits' | 'finishes' | 'crash-loop';

/** How a container is attached to a network. */
export interface Endpoint {
  aliases: string[];
  pinned: string | null;
  links?: readonly string[];
  /** What else was asked for. */
  more?: Pick<EndpointOptions, 'mac' | 'driverOpts' | 'gwPriority'>;
  /** null while the container does not run. */
  address: string | null;
}

/** What a container is made from. */
export interface ContainerDefinition {
  name: string;
  reference: string;
  imageId: string;
  behaviour: Behaviour;
  /** All of them, Compose's own included. */
  labels: Record<string, string>;
  environment: Record<string, string | null>;
  /** By name. */
  networks: Map<string, Endpoint>;
  networkMode: string;
  /** Ids of the containers whose namespaces or volumes it uses. */
  joins: string[];
  mounts: ContainerMount[];
  ports: PublishedPort[];
  /** `no`, `always`, `unless-stopped` or `on-failure`. */
  restart: string;
  /** null: none. */
  healthcheck: HealthcheckSettings | null;
  /** From a start to the check's first verdict, or to the end of a process that ends; absent: as the engine has it. */
  settlingMs?: number;
}

/** Looks every second; three bad looks are too many. */
export const HEALTHCHECK: HealthcheckSettings = {
  test: ['CMD', 'true'],
  shell: ['/bin/sh', '-c'],
  intervalMs: 1000,
  timeoutMs: 1000,
  startPeriodMs: 0,
  startIntervalMs: 0,
  retries: 3,
};
/** Exit code of a process that SIGTERM ends. */
const STOPPED = 143;
/** Milliseconds between two starts of a container that ends again and again. */
const RESTART_MS = 500;
/** Beyond the largest that Linux gives: no process of this host may be taken for it. */
const NO_PROCESS = 4_194_305;

/** One container of the simulated engine; what it is follows from when it was started and what its image does. */
export class SimulatedContainer {
  /** Of its last start; null: never. */
  startedAt: number | null = null;
  /** Its check fails, whatever its image does. */
  failsChecks = false;
  private stoppedAt: number | null = null;
  /** Of the process that was stopped, or that crashed. */
  private code = STOPPED;
  private restarts = 0;

  /** @param settlingMs from the start to the first verdict of the health check, or to the end of a process that ends */
  constructor(
    readonly id: string,
    readonly definition: ContainerDefinition,
    private readonly createdAt: number,
    private readonly settlingMs: number,
  ) {}

  get name(): string {
    return this.definition.name;
  }

  get reference(): string {
    return this.definition.reference;
  }

  get imageId(): string {
    return this.definition.imageId;
  }

  get networks(): Map<string, Endpoint> {
    return this.definition.networks;
  }

  get environment(): Record<string, string | null> {
    return this.definition.environment;
  }

  get project(): string {
    return this.label(COMPOSE_LABELS.project);
  }

  get service(): string {
    return this.label(COMPOSE_LABELS.service);
  }

  private get settled(): number {
    return this.definition.settlingMs ?? this.settlingMs;
  }

  get number(): number {
    return Number(this.label(COMPOSE_LABELS.number)) || 1;
  }

  start(now: number): void {
    this.startedAt = now;
    this.stoppedAt = null;
  }

  stop(now: number): void {
    if (!this.runs(now)) return;
    this.stoppedAt = now;
    this.code = STOPPED;
  }

  /** Its process ends by itself, and stays away. */
  crash(now: number, exitCode = 1): void {
    this.stoppedAt = now;
    this.code = exitCode;
  }

  /** Its process ends and is started again by its restart policy. */
  restart(now: number): void {
    this.startedAt = now;
    this.restarts += 1;
  }

  /** Its process is there, or comes back in a moment. */
  runs(now: number): boolean {
    const state = this.state(now);
    return state === 'running' || state === 'restarting';
  }

  state(now: number): ContainerState {
    if (this.startedAt === null) return 'created';
    if (this.stoppedAt !== null) return 'exited';
    if (now - this.startedAt < this.settled || !this.ends()) return 'running';
    return this.comesBack() ? 'restarting' : 'exited';
  }

  /** As an inspection tells it: an engine calls a container that ended unhealthy, whatever it was. */
  health(now: number): HealthStatus | null {
    if (this.definition.healthcheck === null || this.startedAt === null) return null;
    if (this.state(now) === 'exited') return 'unhealthy';
    if (now - this.startedAt < this.settled) return 'starting';
    return this.definition.behaviour === 'healthy' && !this.failsChecks ? 'healthy' : 'unhealthy';
  }

  exitCode(now: number): number {
    if (this.stoppedAt !== null) return this.code;
    if (this.startedAt === null || now - this.startedAt < this.settled) return 0;
    return this.definition.behaviour === 'exits' || this.definition.behaviour === 'crash-loop' ? 1 : 0;
  }

  /** When its process ended; null: it has not. */
  endedAt(now: number): number | null {
    if (this.state(now) !== 'exited') return null;
    return this.stoppedAt ?? (this.startedAt ?? 0) + this.settled;
  }

  hasLabel(filter: string): boolean {
    const [key = '', ...value] = filter.split('=');
    const present = this.definition.labels[key];
    return present !== undefined && (value.length === 0 || present === value.join('='));
  }

  /**
   * @param labels further ones to tell
   * @param idOf what a reference names now
   */
  summary(
    now: number,
    labels: readonly string[],
    idOf: (reference: string) => string | undefined,
  ): ContainerSummary {
    const { reference, imageId, mounts, ports } = this.definition;
    const state = this.state(now);
    const health = state === 'running' ? this.health(now) : null;
    return {
      id: this.id,
      name: this.name,
      image: idOf(reference) === imageId ? reference : imageId,
      state,
      status: this.status(now),
      health,
      networks: [...this.networks.keys()],
      mounts: mounts.map(({ name, source }) => name ?? source),
      ports: this.runs(now) ? ports.map(hostPortOf) : [],
      labels: Object.fromEntries(
        labels.flatMap((key) => (this.label(key) === '' ? [] : [[key, this.label(key)]])),
      ),
      compose: this.identity(),
    };
  }

  details(now: number, networkIdOf: (name: string) => string): ContainerDetails {
    const { definition } = this;
    const state = this.state(now);
    const health = this.health(now);
    const time = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());
    return {
      id: this.id,
      name: this.name,
      image: definition.reference,
      imageId: definition.imageId,
      labels: { ...definition.labels },
      createdAt: new Date(this.createdAt).toISOString(),
      state,
      running: this.runs(now),
      pid: state === 'running' ? NO_PROCESS : 0,
      exitCode: this.exitCode(now),
      oomKilled: false,
      error: '',
      restartCount:
        this.restarts +
        (state === 'restarting' ? Math.floor((now - (this.startedAt ?? now)) / RESTART_MS) : 0),
      startedAt: time(this.startedAt),
      finishedAt: time(this.endedAt(now)),
      health: health === null ? null : { status: health, failingStreak: 0, log: [] },
      healthcheck: definition.healthcheck,
      networks: Object.fromEntries(
        [...this.networks].map(([name, { aliases, pinned, links = [], address, more }]) => [
          name,
          {
            networkId: networkIdOf(name),
            ipv4: address,
            ipv6: null,
            gateway: null,
            aliases,
            endpoint: {
              aliases,
              ...(pinned !== null && { ip: pinned }),
              ...(links.length > 0 && { links }),
              ...more,
            },
          },
        ]),
      ),
      networkMode: definition.networkMode,
      joins: definition.joins,
      mounts: definition.mounts,
      restartPolicy: { name: definition.restart, maximumRetryCount: 0 },
      ports: definition.ports,
      stopSignal: null,
      stopTimeoutSeconds: null,
      user: '',
    };
  }

  private ends(): boolean {
    return ['exits', 'finishes', 'crash-loop'].includes(this.definition.behaviour);
  }

  private comesBack(): boolean {
    const { behaviour, restart } = this.definition;
    if (behaviour === 'crash-loop') return true;
    return (
      restart === 'always' ||
      restart === 'unless-stopped' ||
      (restart === 'on-failure' && behaviour === 'exits')
    );
  }

  private status(now: number): string {
    const state = this.state(now);
    const health = this.health(now);
    if (state === 'exited') return `Exited (${this.exitCode(now)}) 1 second ago`;
    if (state !== 'running')
      return state === 'created' ? 'Created' : `Restarting (${this.exitCode(now)}) 1 second ago`;
    if (health === null) return 'Up 1 second';
    return `Up 1 second (${health === 'starting' ? 'health: starting' : health})`;
  }

  private identity(): ContainerSummary['compose'] {
    if (this.project === '') return null;
    const number = this.label(COMPOSE_LABELS.number);
    return {
      project: this.project,
      service: this.service,
      configHash: this.label(COMPOSE_LABELS.configHash),
      number: this.number,
      oneoff: this.label(COMPOSE_LABELS.oneoff) === 'True' || number === '',
      workingDir: this.label(COMPOSE_LABELS.workingDir),
      configFiles: this.label(COMPOSE_LABELS.configFiles)
        .split(',')
        .filter((file) => file !== ''),
      imageId: this.label(COMPOSE_LABELS.image),
    };
  }

  private label(key: string): string {
    return this.definition.labels[key] ?? '';
  }
}
