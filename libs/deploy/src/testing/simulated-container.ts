import {
  COMPOSE_LABELS,
  type ContainerDetails,
  type ContainerState,
  type ContainerSummary,
} from '@itsup/docker';

/** How a container of an image turns out. */
export type Behaviour = 'healthy' | 'unhealthy' | 'exits' | 'finishes' | 'crash-loop';

interface Definition {
  id: string;
  name: string;
  project: string;
  service: string;
  number: number;
  reference: string;
  imageId: string;
  behaviour: Behaviour;
  hasHealthcheck: boolean;
  hash: string;
  configFiles: string[];
  environment: Record<string, string | null>;
  /** As the service has them, without Compose's own. */
  ownLabels: Record<string, string>;
  /** Aliases by network. */
  networks: Map<string, string[]>;
  /** Ids of the containers that it hangs on. */
  joins: string[];
  /** Paths of the host and names of volumes. */
  mounts: string[];
}

/** Milliseconds from the start to the first verdict of the health check, or to the end of a process that ends. */
const SETTLING_MS = 1000;

/** One container of the simulated engine; what it is follows from when it was started and what its image does. */
export class SimulatedContainer implements Definition {
  readonly id: string;
  readonly name: string;
  readonly project: string;
  readonly service: string;
  readonly number: number;
  readonly reference: string;
  readonly imageId: string;
  readonly behaviour: Behaviour;
  readonly hasHealthcheck: boolean;
  readonly hash: string;
  readonly configFiles: string[];
  readonly environment: Record<string, string | null>;
  readonly ownLabels: Record<string, string>;
  readonly networks: Map<string, string[]>;
  readonly joins: string[];
  readonly mounts: string[];
  private startedAt: number | null = null;
  private stopped = false;

  constructor(definition: Definition) {
    this.id = definition.id;
    this.name = definition.name;
    this.project = definition.project;
    this.service = definition.service;
    this.number = definition.number;
    this.reference = definition.reference;
    this.imageId = definition.imageId;
    this.behaviour = definition.behaviour;
    this.hasHealthcheck = definition.hasHealthcheck;
    this.hash = definition.hash;
    this.configFiles = definition.configFiles;
    this.environment = definition.environment;
    this.ownLabels = definition.ownLabels;
    this.networks = definition.networks;
    this.joins = definition.joins;
    this.mounts = definition.mounts;
  }

  start(now: number): void {
    this.startedAt = now;
    this.stopped = false;
  }

  stop(): void {
    if (this.startedAt !== null) this.stopped = true;
  }

  /** Started and not stopped: its process may have ended by itself all the same. */
  isUp(): boolean {
    return this.startedAt !== null && !this.stopped;
  }

  state(now: number): ContainerState {
    if (this.startedAt === null) return 'created';
    if (this.stopped) return 'exited';
    if (now - this.startedAt < SETTLING_MS) return 'running';
    if (this.behaviour === 'crash-loop') return 'restarting';
    return this.behaviour === 'exits' || this.behaviour === 'finishes' ? 'exited' : 'running';
  }

  health(now: number): 'starting' | 'healthy' | 'unhealthy' | null {
    if (!this.hasHealthcheck) return null;
    if (this.startedAt === null || now - this.startedAt < SETTLING_MS) return 'starting';
    return this.behaviour === 'healthy' ? 'healthy' : 'unhealthy';
  }

  hasLabel(filter: string): boolean {
    const [key = '', value] = filter.split('=');
    const present = this.labels()[key];
    return present !== undefined && (value === undefined || present === value);
  }

  summary(now: number, idOf: (reference: string) => string | undefined): ContainerSummary {
    const state = this.state(now);
    const health = state === 'running' ? this.health(now) : null;
    return {
      id: this.id,
      name: this.name,
      image: idOf(this.reference) === this.imageId ? this.reference : this.imageId,
      state,
      status: state === 'exited' ? `Exited (${this.exitCode()}) 1 second ago` : state,
      health,
      networks: [...this.networks.keys()],
      mounts: this.mounts,
      labels: {},
      compose: {
        project: this.project,
        service: this.service,
        configHash: this.hash,
        number: this.number,
        oneoff: false,
        workingDir: '/',
        configFiles: this.configFiles,
        imageId: this.imageId,
      },
    };
  }

  details(now: number): ContainerDetails {
    const state = this.state(now);
    const health = state === 'running' ? this.health(now) : null;
    const started = this.startedAt === null ? null : new Date(this.startedAt).toISOString();
    return {
      id: this.id,
      name: this.name,
      image: this.reference,
      imageId: this.imageId,
      labels: this.labels(),
      createdAt: started ?? new Date(now).toISOString(),
      state,
      running: state === 'running',
      // Beyond the largest that Linux gives: no process of this host may be taken for it.
      pid: state === 'running' ? 4_194_305 : 0,
      exitCode: this.exitCode(),
      oomKilled: false,
      error: '',
      restartCount:
        this.behaviour === 'crash-loop' && this.startedAt !== null
          ? Math.floor((now - this.startedAt) / 500)
          : 0,
      startedAt: started,
      finishedAt: null,
      health: health === null ? null : { status: health, failingStreak: 0, log: [] },
      healthcheck: this.hasHealthcheck
        ? {
            test: ['CMD', 'true'],
            shell: ['/bin/sh', '-c'],
            intervalMs: 1000,
            timeoutMs: 1000,
            startPeriodMs: 0,
            startIntervalMs: 0,
            retries: 3,
          }
        : null,
      networks: Object.fromEntries(
        [...this.networks].map(([name, aliases]) => [
          name,
          { networkId: name, ipv4: null, ipv6: null, gateway: null, aliases, pinnedIpv4: null },
        ]),
      ),
      networkMode: 'bridge',
      joins: this.joins,
      mounts: [],
      restartPolicy: { name: 'no', maximumRetryCount: 0 },
      ports: [],
      stopSignal: null,
      stopTimeoutSeconds: null,
      user: '',
    };
  }

  private exitCode(): number {
    if (this.stopped) return 143;
    return this.behaviour === 'exits' ? 1 : 0;
  }

  private labels(): Record<string, string> {
    return {
      ...this.ownLabels,
      [COMPOSE_LABELS.project]: this.project,
      [COMPOSE_LABELS.service]: this.service,
      [COMPOSE_LABELS.number]: String(this.number),
      [COMPOSE_LABELS.configHash]: this.hash,
    };
  }
}
