import { readFileSync } from 'node:fs';

import type { ComposeStack } from '../compose/compose';
import type { ComposeModel } from '../compose/compose-model';
import type { CommandOutput, ContainerSpec } from '../container/container';
import type { EngineEvent } from '../container/events';
import { hostPortOf, portsOverlap } from '../container/host-port';
import type { Docker } from '../docker';
import { DockerError } from '../fault/docker-error';
import type { PacketRule } from '../host/packet-filter';
import type { NetworkSpec } from '../network/network';
import { sha256 } from './sha256';
import { SimulatedContainer, type Behaviour, type ContainerDefinition } from './simulated-container';
import { SimulatedDocker } from './simulated-docker';

import { SimulatedNetwork } from './simulated-network';
import { replicaOf } from './simulated-replica';

interface SimulatedImage {
  id: string;
  behaviour: Behaviour;
  /** `name@sha256:…`, of an image that came from a registry. */
  digests?: string[];
  /** When it was given its name last; absent: not known. */
  tagged?: number;
  labels?: Record<string, string>;
  /** From a start of its containers to what becomes of them; absent: as the engine has it. */
  settlingMs?: number;
}

/** Time as the engine has it. */
export interface EngineClock {
  now(): number;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export interface SimulationOptions {
  /** What Compose makes of a stack's files. Default: each is a canonical model in JSON, `${NAME}` is a variable. */
  readModel?: (stack: ComposeStack) => ComposeModel;
  /** From a start to the first verdict of the health check, or to the end of a process that ends; default 1000. */
  settlingMs?: number;
}

const NOTHING: CommandOutput = { exitCode: 0, stdout: '', stderr: '' };

/**
 * An engine in memory with Compose on it. What it does is what `engine-contract.ts` expects of it and of real engines
 * alike; where the two differ, this one is wrong.
 */
export class SimulatedEngine {
  readonly containers = new Map<string, SimulatedContainer>();
  /** By name. */
  readonly networks = new Map<string, SimulatedNetwork>();
  readonly images = new Map<string, SimulatedImage>();
  /** What a registry would serve, by reference. */
  readonly registry = new Map<string, SimulatedImage>();
  /** Every command that changed something, in order. */
  readonly mutations: string[] = [];
  /** Labels of named volumes. */
  readonly volumes = new Map<string, Record<string, string>>();
  /** What is in the host's packet filter. */
  readonly packetRules: PacketRule[] = [];
  readonly events: EngineEvent[] = [];
  /** What containers printed that Compose did not make. */
  readonly printed = new WeakMap<SimulatedContainer, string>();
  /** How often Compose was asked for anything. */
  composeCalls = 0;
  /** Plain texts by file, as SOPS would give them. */
  readonly decrypted = new Map<string, string>();
  /** How often anything was decrypted. */
  decryptions = 0;
  /** How often the containers were listed. */
  listings = 0;
  /** How the operator's own commands end. */
  runHook: Docker['host']['runHook'] = async () => ({ exitCode: 0, lastLine: '' });
  /** What a container printed. */
  logsOf = (name: string): string => `last words of ${name}\n`;
  /** What a container printed that Compose did not make. */
  helperLogs = (_spec: ContainerSpec): string => '';
  /** What the program of a container does that is run to its end; default: as its image does. */
  run: ((spec: ContainerSpec) => Promise<CommandOutput>) | null = null;
  /** What a command in a container does. */
  exec = (_container: SimulatedContainer, _argv: string[]): Promise<CommandOutput> =>
    Promise.resolve(NOTHING);
  /** From this mutation on nothing answers any more, as for a process that was killed; null: never. */
  hangAfter: number | null = null;
  /** Somebody waits for an answer that never comes. */
  isHanging = false;
  private readonly settlingMs: number;
  readonly readModel: (stack: ComposeStack) => ComposeModel;
  private serial = 0;

  constructor(
    readonly clock: EngineClock,
    { readModel = readJson, settlingMs = 1000 }: SimulationOptions = {},
  ) {
    this.readModel = readModel;
    this.settlingMs = settlingMs;
  }

  /** Puts an image on the engine; a new content under a known reference leaves running containers as they are. */
  addImage(
    reference: string,
    content: string,
    behaviour: Behaviour = 'healthy',
    facts: Pick<SimulatedImage, 'settlingMs'> = {},
  ): void {
    this.images.set(reference, { id: `sha256:${sha256(content)}`, behaviour, ...facts });
  }

  /** Containers of a service that run, oldest first. */
  running(project: string, service: string): SimulatedContainer[] {
    return this.of(project, service).filter((one) => one.state(this.clock.now()) === 'running');
  }

  /** Replicas of a service, oldest first. */
  of(project: string, service: string): SimulatedContainer[] {
    return [...this.containers.values()].filter((one) => one.project === project && one.service === service);
  }

  docker(): Docker {
    return new SimulatedDocker(this);
  }

  /** Notes a change; for a killed process it never comes back. */
  async mutate(what: string): Promise<void> {
    if (this.hangAfter !== null && this.mutations.length >= this.hangAfter) {
      this.isHanging = true;
      await new Promise(() => undefined);
    }
    this.mutations.push(what);
  }

  imageOf(reference: string): SimulatedImage | undefined {
    return this.images.get(reference) ?? [...this.images.values()].find((image) => image.id === reference);
  }

  /** @throws DockerError when the engine lacks it */
  imageFor(reference: string): SimulatedImage {
    const image = this.imageOf(reference);
    if (image !== undefined) return image;
    throw new DockerError({ code: 'image-not-found', image: reference, reason: 'no such image' });
  }

  /** By name or id. */
  network(name: string): SimulatedNetwork | undefined {
    return this.networks.get(name) ?? [...this.networks.values()].find(({ id }) => id === name);
  }

  addNetwork(spec: NetworkSpec, options: Record<string, string> = {}): SimulatedNetwork {
    this.serial += 1;
    const subnet = spec.subnet ?? `10.${(this.serial >> 8) % 256}.${this.serial % 256}.0/24`;
    const network = new SimulatedNetwork(sha256(`network ${this.serial}`), { ...spec, subnet }, options);
    this.networks.set(spec.name, network);
    return network;
  }

  /** One container of a service, as Compose makes it. */
  addReplica(stack: ComposeStack, service: string, model: ComposeModel, number: number): SimulatedContainer {
    return this.addContainer(replicaOf(this, stack, service, model, number));
  }

  /** A container that Compose does not make, started. @throws DockerError when its image is not there */
  addFromSpec(spec: ContainerSpec): SimulatedContainer {
    const image = this.imageFor(spec.image);
    const networks = [spec.network ?? 'bridge', ...(spec.moreNetworks ?? [])];
    const container = this.addContainer({
      name: spec.name ?? `helper-${this.events.length}`,
      reference: spec.image,
      imageId: image.id,
      behaviour: image.behaviour,
      labels: spec.labels ?? {},
      environment: spec.env ?? {},
      networks: new Map(networks.map((name) => [name, { aliases: [], pinned: null, address: null }])),
      networkMode: spec.network ?? 'bridge',
      joins: [],
      mounts: [],
      ports: [],
      restart: 'no',
      healthcheck: null,
      ...(image.settlingMs !== undefined && { settlingMs: image.settlingMs }),
    });
    this.printed.set(container, this.helperLogs(spec));
    this.start(container);
    return container;
  }

  /** @throws DockerError when a container has the name */
  addContainer(definition: ContainerDefinition): SimulatedContainer {
    const { name } = definition;
    const holder = [...this.containers.values()].find((one) => one.name === name);
    if (holder !== undefined) {
      throw new DockerError({ code: 'container-name-taken', name, container: holder.id });
    }
    this.serial += 1;
    const id = sha256(`container ${this.serial}`);
    const container = new SimulatedContainer(id, definition, this.clock.now(), this.settlingMs);
    this.containers.set(id, container);
    this.tell('create', container);
    return container;
  }

  /** @throws DockerError when a port or an address of it is taken */
  start(container: SimulatedContainer): void {
    const now = this.clock.now();
    if (container.runs(now)) return;
    const others = [...this.containers.values()].filter((one) => one !== container && one.runs(now));
    const taken = others.flatMap(({ definition }) => definition.ports.map(hostPortOf));
    for (const wanted of container.definition.ports.map(hostPortOf)) {
      if (taken.some((one) => portsOverlap(one, wanted))) {
        const protocol = wanted.protocol === 'udp' ? 'udp' : 'tcp';
        throw new DockerError({ code: 'port-taken', port: wanted.port, protocol, address: wanted.address });
      }
    }
    for (const name of container.networks.keys()) this.attach(container, name);
    container.start(now);
    this.tell('start', container);
  }

  /** Gives the container an address on one of its networks. */
  attach(container: SimulatedContainer, name: string): void {
    const endpoint = container.networks.get(name);
    const network = this.networks.get(name);
    if (endpoint === undefined || network === undefined) return;
    const taken = [...this.containers.values()].flatMap(({ networks }) => networks.get(name)?.address ?? []);
    endpoint.address = network.address(endpoint.pinned, new Set(taken));
  }

  stop(container: SimulatedContainer): void {
    if (!container.runs(this.clock.now())) return;
    container.stop(this.clock.now());
    this.detach(container);
    this.tell('die', container);
  }

  /** Its process ends by itself, and is not started again. */
  crash(container: SimulatedContainer): void {
    container.crash(this.clock.now());
    this.detach(container);
    this.tell('die', container);
  }

  /** Its process ends and comes back by its restart policy, with an address that it did not have. */
  restart(container: SimulatedContainer): void {
    const now = this.clock.now();
    this.detach(container);
    this.tell('die', container);
    container.restart(now);
    for (const name of container.networks.keys()) this.attach(container, name);
    this.tell('start', container);
  }

  remove(container: SimulatedContainer): void {
    this.stop(container);
    this.containers.delete(container.id);
    this.tell('destroy', container);
  }

  /** Takes the addresses of containers back whose process has ended by itself. */
  tidy(): void {
    for (const one of this.containers.values()) {
      if (one.endedAt(this.clock.now()) !== null) this.detach(one);
    }
  }

  /** What happened since then, the ends of processes included. */
  eventsSince(sinceMs: number): EngineEvent[] {
    const ends = [...this.containers.values()].flatMap((one) => {
      const at = one.endedAt(this.clock.now());
      const isTold = this.events.some(
        ({ action, id, timeMs }) => action === 'die' && id === one.id && timeMs === at,
      );
      return at === null || isTold ? [] : [this.event('die', one, at)];
    });
    return [...this.events, ...ends]
      .filter(({ timeMs }) => timeMs >= sinceMs)
      .sort((a, b) => a.timeMs - b.timeMs);
  }

  private detach(container: SimulatedContainer): void {
    for (const endpoint of container.networks.values()) endpoint.address = null;
  }

  private tell(action: string, container: SimulatedContainer): void {
    this.events.push(this.event(action, container, this.clock.now()));
  }

  private event(action: string, container: SimulatedContainer, timeMs: number): EngineEvent {
    const { id, name, definition } = container;
    return { type: 'container', action, id, attributes: { ...definition.labels, name }, timeMs };
  }
}

/** Variables come from the stack; a file later in the list replaces services of one before it. */
function readJson({ files, env }: ComposeStack): ComposeModel {
  try {
    const models = files.map((file) => {
      const text = readFileSync(file, 'utf8').replace(/\$\{(\w+)\}/g, (_, name: string) => env[name] ?? '');
      return JSON.parse(text) as ComposeModel;
    });
    const services = Object.assign({}, ...models.map((model) => model.services)) as ComposeModel['services'];
    return Object.assign({}, ...models, { services }) as ComposeModel;
  } catch (error) {
    throw new DockerError({ code: 'compose-invalid', reason: String(error) });
  }
}
