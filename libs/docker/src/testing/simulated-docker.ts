import type { Compose, ComposeStack } from '../compose/compose';
import type {
  CommandOutput,
  ContainerDetails,
  ContainerSpec,
  ContainerSummary,
  ExecOptions,
  ListContainersOptions,
} from '../container/container';
import type { EngineEvent, EventsOptions, WatchOptions } from '../container/events';
import type { KeptContainer } from '../container/kept-container';
import type { Docker, DockerOverrides } from '../docker';
import type { Engine, Versions } from '../engine/engine';
import { DockerError } from '../fault/docker-error';
import type { PacketFilterResult } from '../host/packet-filter';
import type { Connection, Listener } from '../host/sockets';
import type { ImageDetails, VolumeDetails } from '../image/image';
import type {
  EndpointOptions,
  ListNetworksOptions,
  NetworkDetails,
  NetworkSpec,
  NetworkSummary,
} from '../network/network';
import { SimulatedCompose } from './simulated-compose';
import type { SimulatedContainer } from './simulated-container';
import type { SimulatedEngine } from './simulated-engine';
import { simulatedHost } from './simulated-host';
import { simulatedPacketFilter } from './simulated-packet-filter';
import { noSwarm } from './no-swarm';

const EVENT_MS = 50;

/** The commands of `docker` on a simulated engine. */
export class SimulatedDocker implements Docker {
  readonly host;
  readonly swarm = noSwarm();

  constructor(
    private readonly state: SimulatedEngine,
    private readonly overrides: DockerOverrides = {},
  ) {
    this.host = simulatedHost(state);
  }

  with(overrides: DockerOverrides): Docker {
    return new SimulatedDocker(this.state, { ...this.overrides, ...overrides });
  }

  compose(stack: ComposeStack): Compose {
    return new SimulatedCompose(this.state, stack, this.overrides);
  }

  async versions(): Promise<Versions> {
    const none = { clientError: null, serverError: null, composeError: null };
    return { client: '28.5.0', server: '28.5.0', compose: '5.5.0', ...none };
  }

  async engine(): Promise<Engine> {
    return {
      id: 'simulated',
      version: '28.5.0',
      context: 'default',
      endpoint: 'unix:///simulated',
      location: 'local',
      rootless: false,
      liveRestore: false,
      securityOptions: [],
      addressPools: [],
      hostName: 'host',
      operatingSystem: 'none',
      kernel: '0',
      architecture: 'x86_64',
      rootDir: '/var/lib/docker',
    };
  }

  async listContainers({ labelFilters = [], labels = [] }: ListContainersOptions = {}): Promise<
    ContainerSummary[]
  > {
    this.state.listings += 1;
    const { clock, images } = this.state;
    return [...this.state.containers.values()]
      .filter((one) => labelFilters.every((filter) => one.hasLabel(filter)))
      .map((one) => one.summary(clock.now(), labels, (reference) => images.get(reference)?.id));
  }

  async inspectContainers(ids: string[]): Promise<ContainerDetails[]> {
    this.state.tidy();
    return ids.flatMap(
      (id) =>
        this.find(id)?.details(this.state.clock.now(), (name) => this.state.networks.get(name)?.id ?? '') ??
        [],
    );
  }

  async start(ids: string[]): Promise<void> {
    for (const id of ids) {
      const container = this.get(id);
      await this.state.mutate(`start ${container.name}`);
      this.state.start(container);
    }
  }

  async stop(ids: string[]): Promise<void> {
    for (const id of ids) {
      const container = this.find(id);
      await this.state.mutate(`stop ${container?.name ?? id}`);
      if (container) this.state.stop(container);
    }
  }

  kill(ids: string[]): Promise<void> {
    return this.stop(ids);
  }

  async remove(ids: string[], { force = false }: { force?: boolean } = {}): Promise<void> {
    for (const id of ids) {
      const container = this.find(id);
      if (container === undefined) continue;
      if (!force && container.runs(this.state.clock.now()))
        throw failed('docker rm', `${id} is running: stop it first`);
      await this.state.mutate(`remove ${container.name}`);
      this.state.remove(container);
    }
  }

  async exec(id: string, argv: string[], _options?: ExecOptions): Promise<CommandOutput> {
    const container = this.get(id);
    if (container.state(this.state.clock.now()) !== 'running') {
      throw new DockerError({ code: 'container-not-running', container: id });
    }
    return this.state.exec(container, argv);
  }

  async logs(id: string): Promise<string> {
    const container = this.get(id);
    return this.state.printed.get(container) ?? this.state.logsOf(container.name);
  }

  async run(spec: ContainerSpec): Promise<CommandOutput> {
    const { behaviour } = this.state.imageFor(spec.image);
    if (this.state.run !== null) return this.state.run(spec);
    const exitCode = behaviour === 'exits' || behaviour === 'crash-loop' ? 1 : 0;
    return { exitCode, stdout: '', stderr: '' };
  }

  async runDetached(spec: ContainerSpec): Promise<string> {
    return this.state.addFromSpec(spec).id;
  }

  async keepContainers(ids: string[], written: readonly string[] = []): Promise<KeptContainer[]> {
    return ids.map((id) => {
      const container = this.get(id);
      return {
        id,
        imageId: container.imageId,
        name: container.name,
        body: { definition: container.definition },
        networks: [],
        ...(written.length > 0 && { written: [], lost: [...written] }),
      };
    });
  }

  async bringBack({ name, body }: KeptContainer): Promise<string> {
    await this.state.mutate(`bring back ${name}`);
    const container = this.state.addContainer(body['definition'] as SimulatedContainer['definition']);
    this.state.start(container);
    return container.id;
  }

  async *watch(
    ids: string[],
    { intervalMs = 250, signal }: WatchOptions = {},
  ): AsyncGenerator<ContainerDetails[]> {
    while (!signal?.aborted) {
      yield await this.inspectContainers(ids);
      await this.state.clock.sleep(typeof intervalMs === 'number' ? intervalMs : intervalMs());
    }
  }

  async *events({ filters = [], sinceMs, signal }: EventsOptions = {}): AsyncGenerator<EngineEvent> {
    const told = new Set<string>();
    const since = sinceMs ?? this.state.clock.now();
    while (!signal?.aborted) {
      for (const event of this.state.eventsSince(since)) {
        const key = `${event.action} ${event.id} ${event.timeMs}`;
        if (told.has(key) || !matches(event, filters)) continue;
        told.add(key);
        yield event;
      }
      await this.state.clock.sleep(EVENT_MS);
    }
  }

  async listNetworks({ labelFilters = [], labels = [] }: ListNetworksOptions = {}): Promise<
    NetworkSummary[]
  > {
    return [...this.state.networks.values()]
      .filter((one) => labelFilters.every((filter) => hasLabel(one.labels, filter)))
      .map((one) => ({
        ...one.summary(),
        labels: Object.fromEntries(Object.entries(one.labels).filter(([key]) => labels.includes(key))),
      }));
  }

  async inspectNetworks(names: string[]): Promise<NetworkDetails[]> {
    this.state.tidy();
    return names.flatMap((name) => {
      const network = this.state.network(name);
      if (network === undefined) return [];
      const containers = [...this.state.containers.values()].flatMap((one) => {
        const ipv4 = one.networks.get(network.name)?.address ?? null;
        return ipv4 === null ? [] : [{ id: one.id, name: one.name, ipv4, ipv6: null }];
      });
      const { internal, options } = network;
      const facts = {
        internal,
        options,
        attachable: false,
        ipv6: false,
        bridge: `br-${network.id.slice(0, 12)}`,
      };
      return [{ ...network.summary(), ...facts, subnets: network.subnets(), containers }];
    });
  }

  async createNetwork(spec: NetworkSpec): Promise<string> {
    if (this.state.networks.has(spec.name)) {
      throw new DockerError({ code: 'network-exists', network: spec.name });
    }
    await this.state.mutate(`create network ${spec.name}`);
    const { id } = this.state.addNetwork(spec);
    this.overrides.onNetwork?.(spec.name);
    return id;
  }

  async removeNetwork(name: string): Promise<void> {
    await this.state.mutate(`remove network ${name}`);
    const network = this.state.network(name);
    if (network === undefined) return;
    const now = this.state.clock.now();
    if ([...this.state.containers.values()].some((one) => one.networks.has(network.name) && one.runs(now))) {
      throw new DockerError({ code: 'network-in-use', network: name });
    }
    this.state.networks.delete(network.name);
  }

  async connectNetwork(
    name: string,
    id: string,
    { aliases = [], ip, links = [], mac, driverOpts, gwPriority }: EndpointOptions = {},
  ): Promise<void> {
    const network = this.state.network(name);
    if (network === undefined) throw new DockerError({ code: 'network-not-found', network: name });
    const container = this.get(id);
    if (container.networks.has(network.name)) return;
    await this.state.mutate(`connect ${container.name} to ${network.name}`);
    container.networks.set(network.name, {
      ...{ aliases, pinned: ip ?? null, links, address: null },
      more: { ...(mac && { mac }), ...(driverOpts && { driverOpts }), ...(gwPriority && { gwPriority }) },
    });
    // Where the address is taken the engine goes on naming the network.
    if (container.runs(this.state.clock.now())) this.state.attach(container, network.name);
  }

  async disconnectNetwork(name: string, id: string): Promise<void> {
    await this.state.mutate(`disconnect ${id} from ${name}`);
    const container = this.find(id);
    const network = this.state.network(name)?.name ?? name;
    // One that runs and was refused its address is not on the network, and goes on naming it.
    const isRefused =
      container?.runs(this.state.clock.now()) && container.networks.get(network)?.address === null;
    if (!isRefused) container?.networks.delete(network);
  }

  async listVolumes({ labelFilters = [] }: { labelFilters?: string[] } = {}): Promise<string[]> {
    return [...this.state.volumes]
      .filter(([, labels]) => labelFilters.every((filter) => hasLabel(labels, filter)))
      .map(([name]) => name);
  }

  async inspectVolumes(names: string[]): Promise<VolumeDetails[]> {
    return names.flatMap((name) => {
      const labels = this.state.volumes.get(name);
      return labels === undefined ? [] : [{ name, driver: 'local', options: {}, labels }];
    });
  }

  async removeVolumes(names: string[]): Promise<void> {
    for (const name of names) {
      await this.state.mutate(`remove volume ${name}`);
      this.state.volumes.delete(name);
    }
  }

  async inspectImages(references: string[]): Promise<Map<string, ImageDetails>> {
    const found = new Map<string, ImageDetails>();
    for (const reference of references) {
      const image = this.state.imageOf(reference);
      if (image === undefined) continue;
      const facts = { tags: [], exposedPorts: [], hasHealthcheck: false, volumes: [] };
      const { id, digests: repoDigests = [], tagged: lastTagged = null, labels = {} } = image;
      found.set(reference, { id, repoDigests, lastTagged, labels, ...facts });
    }
    return found;
  }

  async pullImage(reference: string): Promise<void> {
    const remote = this.state.registry.get(reference);
    if (remote === undefined) {
      throw new DockerError({ code: 'image-not-found', image: reference, reason: 'no such image' });
    }
    await this.state.mutate(`pull ${reference}`);
    this.state.images.set(reference, remote);
  }

  async tagImage(source: string, target: string): Promise<void> {
    const image = this.state.imageFor(source);
    await this.state.mutate(`tag ${source} ${target}`);
    this.state.images.set(target, image);
  }

  async removeImage(reference: string): Promise<void> {
    await this.state.mutate(`remove image ${reference}`);
    this.state.images.delete(reference);
  }

  async packetFilter(): Promise<PacketFilterResult> {
    return { available: true, filter: simulatedPacketFilter(this.state.packetRules) };
  }

  async connections(): Promise<Connection[]> {
    return [];
  }

  /** The engine's own process listens for each published port. */
  async listeners(): Promise<Listener[]> {
    const running = [...this.state.containers.values()].filter((one) => one.runs(this.state.clock.now()));
    return running.flatMap(({ definition }) =>
      definition.ports.map(({ hostIp, hostPort, protocol }) => ({
        protocol: protocol === 'udp' ? 'udp' : 'tcp',
        address: hostIp === '' ? '0.0.0.0' : hostIp,
        port: hostPort,
        processes: [],
      })),
    );
  }

  /** By id or name. */
  private find(id: string): SimulatedContainer | undefined {
    return (
      this.state.containers.get(id) ?? [...this.state.containers.values()].find(({ name }) => name === id)
    );
  }

  private get(id: string): SimulatedContainer {
    const container = this.find(id);
    if (container === undefined) throw new DockerError({ code: 'container-not-found', container: id });
    return container;
  }
}

function hasLabel(labels: Readonly<Record<string, string>>, filter: string): boolean {
  const [key = '', value] = filter.split('=');
  return key in labels && (value === undefined || labels[key] === value);
}

/** Filters of one key are alternatives; of different keys all hold. */
function matches(event: EngineEvent, filters: readonly string[]): boolean {
  const holds = (filter: string): boolean => {
    const [key = '', ...rest] = filter.split('=');
    const value = rest.join('=');
    if (key === 'type') return event.type === value;
    if (key === 'event') return event.action === value;
    if (key === 'container') return event.id === value || event.attributes['name'] === value;
    return key === 'label' && hasLabel(event.attributes, value);
  };
  const keys = new Set(filters.map((filter) => filter.split('=')[0]));
  return [...keys].every((key) => filters.filter((filter) => filter.split('=')[0] === key).some(holds));
}

function failed(command: string, stderr: string): DockerError {
  return new DockerError({ code: 'command-failed', command, exitCode: 1, stderr });
}
