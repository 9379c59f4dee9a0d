import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

import {
  DockerError,
  type Compose,
  type ComposeModel,
  type ComposeService,
  type ComposeStack,
  type ContainerDetails,
  type ContainerSummary,
  type CreateOptions,
  type Docker,
  type DockerOverrides,
  type ImageDetails,
  type NetworkDetails,
  type PacketFilterResult,
  type PacketRule,
  type UpOptions,
} from '@itsup/docker';

import { parseModel } from './parse-model';
import { SimulatedContainer, type Behaviour } from './simulated-container';
import type { VirtualClock } from './virtual-clock';

interface SimulatedImage {
  id: string;
  behaviour: Behaviour;
}

interface SimulatedNetwork {
  name: string;
  labels: Record<string, string>;
  subnet: string;
  internal: boolean;
}

/**
 * An engine in memory that does what Docker 20.10 with Compose 2.26 was seen to do, as far as a deploy can tell:
 * `up --no-recreate` starts what is stopped and adds containers under the next free number, `--force-recreate` removes
 * the old container before the new one starts, a listing shows an image's id once its reference moved on, and the
 * label of the config hash covers neither mounted contents nor the replica count.
 */
export class SimulatedEngine {
  readonly containers = new Map<string, SimulatedContainer>();
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
  /** How often Compose was asked for anything. */
  composeCalls = 0;
  /** Plain texts by file, as SOPS would give them. */
  readonly decrypted = new Map<string, string>();
  /** How often anything was decrypted. */
  decryptions = 0;
  /** How the operator's own commands end. */
  runHook: Docker['host']['runHook'] = async () => ({ exitCode: 0, lastLine: '' });
  /** What a container printed. */
  logsOf = (name: string): string => `last words of ${name}\n`;
  /** How often the containers were listed. */
  listings = 0;
  /** From this mutation on nothing answers any more, as for a process that was killed; null: never. */
  hangAfter: number | null = null;
  /** Somebody waits for an answer that never comes. */
  isHanging = false;
  private serial = 0;

  constructor(private readonly clock: VirtualClock) {}

  /** Puts an image on the engine; a new content under a known reference leaves running containers as they are. */
  addImage(reference: string, content: string, behaviour: Behaviour = 'healthy'): void {
    this.images.set(reference, { id: `sha256:${sha(content)}`, behaviour });
  }

  /** Containers of a service that run, oldest first. */
  running(project: string, service: string): SimulatedContainer[] {
    return [...this.containers.values()].filter(
      (one) =>
        one.project === project && one.service === service && one.state(this.clock.now()) === 'running',
    );
  }

  docker(): Docker {
    return new SimulatedDocker(this, this.clock) as unknown as Docker;
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

  create(
    project: string,
    name: string,
    model: ComposeModel,
    stack: ComposeStack,
    number: number,
  ): SimulatedContainer {
    const service = model.services[name] ?? {};
    const reference = service.image ?? `${project}-${name}`;
    const image = this.imageOf(reference);
    if (image === undefined)
      throw new DockerError({ code: 'image-not-found', image: reference, reason: 'absent' });
    this.serial += 1;
    const networks = Object.keys(service.networks ?? {}).map((key) => model.networks?.[key]?.name ?? key);
    const container = new SimulatedContainer({
      id: sha(`container ${this.serial}`),
      name: `${project}-${name}-${number}`,
      project,
      service: name,
      number,
      reference,
      imageId: image.id,
      behaviour: image.behaviour,
      hasHealthcheck: service.healthcheck !== undefined,
      hash: configHash(service),
      configFiles: stack.files,
      environment: service.environment ?? {},
      ownLabels: service.labels ?? {},
      networks: new Map(networks.map((network) => [network, [name]])),
    });
    this.containers.set(container.id, container);
    return container;
  }
}

class SimulatedDocker {
  constructor(
    private readonly engineState: SimulatedEngine,
    private readonly clock: VirtualClock,
  ) {}

  with(_overrides: DockerOverrides): this {
    return this;
  }

  compose(stack: ComposeStack): Compose {
    return new SimulatedCompose(this.engineState, this.clock, stack) as unknown as Compose;
  }

  async engine() {
    return { location: 'local', endpoint: 'unix:///simulated' };
  }

  async listContainers({ labelFilters = [] }: { labelFilters?: string[] } = {}): Promise<ContainerSummary[]> {
    this.engineState.listings += 1;
    return [...this.engineState.containers.values()]
      .filter((one) => labelFilters.every((filter) => one.hasLabel(filter)))
      .map((one) => one.summary(this.clock.now(), (reference) => this.engineState.images.get(reference)?.id));
  }

  async inspectContainers(ids: string[]): Promise<ContainerDetails[]> {
    return ids.flatMap((id) => this.engineState.containers.get(id)?.details(this.clock.now()) ?? []);
  }

  async packetFilter(): Promise<PacketFilterResult> {
    const { packetRules } = this.engineState;
    const list = async (prefix: string) => packetRules.filter(({ comment }) => comment.startsWith(prefix));
    const apply = async () => undefined;
    return { available: true, filter: { via: 'host', families: ['ipv4'], list, apply } };
  }

  async *watch(ids: string[]): AsyncGenerator<ContainerDetails[]> {
    for (;;) {
      yield await this.inspectContainers(ids);
      await this.clock.sleep(250);
    }
  }

  async inspectImages(references: string[]): Promise<Map<string, ImageDetails>> {
    const found = new Map<string, ImageDetails>();
    for (const reference of references) {
      const image = this.engineState.imageOf(reference);
      if (image === undefined) continue;
      const details = {
        tags: [],
        repoDigests: [],
        labels: {},
        exposedPorts: [],
        hasHealthcheck: false,
        volumes: [],
      };
      found.set(reference, { id: image.id, ...details });
    }
    return found;
  }

  async stop(ids: string[]): Promise<void> {
    for (const id of ids) {
      await this.engineState.mutate(`stop ${this.engineState.containers.get(id)?.name ?? id}`);
      this.engineState.containers.get(id)?.stop();
    }
  }

  async remove(ids: string[]): Promise<void> {
    for (const id of ids) {
      await this.engineState.mutate(`remove ${this.engineState.containers.get(id)?.name ?? id}`);
      this.engineState.containers.delete(id);
    }
  }

  async logs(id: string): Promise<string> {
    return this.engineState.logsOf(this.engineState.containers.get(id)?.name ?? id);
  }

  get host() {
    return {
      runHook: this.engineState.runHook,
      decrypt: async (_root: string, file: string) => {
        this.engineState.decryptions += 1;
        return this.engineState.decrypted.get(file) ?? '';
      },
    };
  }

  async exec() {
    return { exitCode: 0, stdout: '', stderr: '' };
  }

  async listNetworks({ labelFilters = [] }: { labelFilters?: string[] } = {}) {
    return [...this.engineState.networks.values()]
      .filter((one) =>
        labelFilters.every((filter) => one.labels[filter.split('=')[0] ?? ''] === filter.split('=')[1]),
      )
      .map(({ name, labels }) => ({ id: name, name, driver: 'bridge', labels }));
  }

  async inspectNetworks(names: string[]): Promise<NetworkDetails[]> {
    return names.flatMap((name) => {
      const network = this.engineState.networks.get(name);
      if (network === undefined) return [];
      const containers = [...this.engineState.containers.values()]
        .filter((one) => one.networks.has(name))
        .map((one) => ({ id: one.id, name: one.name, ipv4: null, ipv6: null }));
      const subnets = [{ subnet: network.subnet, gateway: null, ipRange: null }];
      const { labels, internal } = network;
      return [{ id: name, name, driver: 'bridge', internal, ipv6: false, labels, subnets, containers }];
    });
  }

  async createNetwork(spec: {
    name: string;
    subnet?: string;
    internal?: boolean;
    labels?: Record<string, string>;
  }) {
    await this.engineState.mutate(`create network ${spec.name}`);
    const { name, subnet = '10.0.0.0/24', internal = false, labels = {} } = spec;
    this.engineState.networks.set(name, { name, subnet, internal, labels });
    return name;
  }

  async removeNetwork(name: string): Promise<void> {
    await this.engineState.mutate(`remove network ${name}`);
    if ([...this.engineState.containers.values()].some((one) => one.networks.has(name) && one.isUp())) {
      throw new DockerError({ code: 'network-in-use', network: name });
    }
    this.engineState.networks.delete(name);
  }

  async connectNetwork(
    network: string,
    id: string,
    { aliases = [] }: { aliases?: string[] } = {},
  ): Promise<void> {
    if (!this.engineState.networks.has(network))
      throw new DockerError({ code: 'network-not-found', network });
    const container = this.engineState.containers.get(id);
    if (container === undefined) throw new DockerError({ code: 'container-not-found', container: id });
    if (container.networks.has(network)) return;
    await this.engineState.mutate(`connect ${container.name} to ${network}`);
    container.networks.set(network, aliases);
  }

  async disconnectNetwork(network: string, id: string): Promise<void> {
    await this.engineState.mutate(`disconnect ${id} from ${network}`);
    this.engineState.containers.get(id)?.networks.delete(network);
  }

  async listVolumes({ labelFilters = [] }: { labelFilters?: string[] } = {}) {
    return [...this.engineState.volumes]
      .filter(([, labels]) =>
        labelFilters.every((filter) => labels[filter.split('=')[0] ?? ''] === filter.split('=')[1]),
      )
      .map(([name]) => name);
  }

  async removeVolumes(names: string[]): Promise<void> {
    for (const name of names) {
      await this.engineState.mutate(`remove volume ${name}`);
      this.engineState.volumes.delete(name);
    }
  }
}

class SimulatedCompose {
  constructor(
    private readonly engine: SimulatedEngine,
    private readonly clock: VirtualClock,
    readonly stack: ComposeStack,
  ) {}

  async configYaml(): Promise<string> {
    this.engine.composeCalls += 1;
    return JSON.stringify(this.model());
  }

  async configHashes(): Promise<Record<string, string>> {
    this.engine.composeCalls += 1;
    return Object.fromEntries(
      Object.entries(this.model().services).map(([name, one]) => [name, configHash(one)]),
    );
  }

  async pull(services: string[] = []): Promise<void> {
    this.engine.composeCalls += 1;
    for (const name of services) {
      const image = this.model().services[name]?.image ?? '';
      const remote = this.engine.registry.get(image);
      if (remote === undefined)
        throw new DockerError({ code: 'image-not-found', image, reason: 'no such image' });
      await this.engine.mutate(`pull ${image}`);
      this.engine.images.set(image, remote);
    }
  }

  async build(services: string[] = []): Promise<void> {
    this.engine.composeCalls += 1;
    for (const name of services) {
      const service = this.model().services[name];
      await this.engine.mutate(`build ${name}`);
      this.engine.addImage(service?.image ?? `${this.stack.project}-${name}`, JSON.stringify(service?.build));
    }
  }

  create(options: CreateOptions): Promise<void> {
    return this.converge(options, false);
  }

  up(options: UpOptions): Promise<void> {
    return this.converge(options, true);
  }

  private async converge(options: CreateOptions, start: boolean): Promise<void> {
    this.engine.composeCalls += 1;
    const model = this.model();
    await this.makeNetworks(model, options.services ?? []);
    for (const name of options.services ?? []) {
      const wanted = options.scale?.[name] ?? model.services[name]?.scale ?? 1;
      if (options.forceRecreate) await this.recreate(name, model);
      let numbers = this.own(name).map((one) => one.number);
      while (numbers.length < wanted) {
        await this.engine.mutate(`create ${name}`);
        const number = Math.max(0, ...numbers) + 1;
        this.engine.create(this.stack.project, name, model, this.stack, number);
        numbers = [...numbers, number];
      }
      await this.removeSurplus(name, wanted);
      if (start) await this.startAll(name);
    }
  }

  /** Compose takes the highest numbers away, whichever definition they have. */
  private async removeSurplus(name: string, wanted: number): Promise<void> {
    const surplus = this.own(name).sort((a, b) => a.number - b.number);
    for (const one of surplus.slice(wanted)) {
      await this.engine.mutate(`scale down: remove ${one.name}`);
      this.engine.containers.delete(one.id);
    }
  }

  private async recreate(name: string, model: ComposeModel): Promise<void> {
    for (const old of this.own(name)) {
      await this.engine.mutate(`recreate: stop ${old.name}`);
      old.stop();
      await this.engine.mutate(`recreate: replace ${old.name}`);
      this.engine.containers.delete(old.id);
      this.engine.create(this.stack.project, name, model, this.stack, old.number);
    }
  }

  private async startAll(name: string): Promise<void> {
    for (const one of this.own(name)) {
      if (one.isUp()) continue;
      await this.engine.mutate(`start ${one.name}`);
      one.start(this.clock.now());
    }
  }

  private async makeNetworks(model: ComposeModel, services: string[]): Promise<void> {
    const keys = new Set(services.flatMap((name) => Object.keys(model.services[name]?.networks ?? {})));
    for (const key of keys) {
      const network = model.networks?.[key];
      const name = network?.name ?? `${this.stack.project}_${key}`;
      if (this.engine.networks.has(name)) continue;
      if (network?.external) throw new DockerError({ code: 'network-not-found', network: name });
      await this.engine.mutate(`create network ${name}`);
      const labels = { 'com.docker.compose.project': this.stack.project };
      this.engine.networks.set(name, {
        name,
        labels,
        subnet: '10.0.0.0/24',
        internal: network?.internal ?? false,
      });
    }
  }

  private own(service: string): SimulatedContainer[] {
    return [...this.engine.containers.values()].filter(
      (one) => one.project === this.stack.project && one.service === service,
    );
  }

  private model(): ComposeModel {
    return readModel(this.stack);
  }
}

/** The simulation's Compose files are canonical models in JSON, with `${NAME}` where a variable is. */
function readModel({ files, env }: ComposeStack): ComposeModel {
  const read = (file: string): ComposeModel => {
    const text = readFileSync(file, 'utf8');
    return parseModel(
      text.replace(/\$\{(\w+)\}/g, (_, name: string) => env[name] ?? ''),
      read,
    );
  };
  try {
    return read(files[0] ?? '');
  } catch (error) {
    throw new DockerError({ code: 'compose-invalid', reason: String(error) });
  }
}

/** Compose's own leaves these out too. */
function configHash(service: ComposeService): string {
  const { build: _build, scale: _scale, pull_policy: _policy, deploy: _deploy, ...hashed } = service;
  return sha(JSON.stringify(hashed));
}

function sha(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
