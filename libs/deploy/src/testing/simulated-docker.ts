import {
  DockerError,
  type Compose,
  type ComposeStack,
  type ContainerDetails,
  type ContainerSummary,
  type DockerOverrides,
  type ImageDetails,
  type KeptContainer,
  type NetworkDetails,
  type PacketFilterResult,
  type WatchOptions,
} from '@itsup/docker';

import { LAST_ROUTER } from '../trial/trial-files';
import type { SimulatedContainer } from './simulated-container';
import { SimulatedCompose } from './simulated-compose';
import type { SimulatedEngine } from './simulated-engine';
import type { VirtualClock } from '@itsup/rollout/testing/virtual-clock';

const TRIAL = 'trial';

/** The commands of `docker` on a simulated engine. */
export class SimulatedDocker {
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

  prepare(): Promise<void> {
    return Promise.resolve();
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
    const list = async (prefix: string) =>
      packetRules
        .filter(({ comment }) => comment.startsWith(prefix))
        .map((rule) => ({ ...rule, isBehindOthers: false }));
    const apply = async () => undefined;
    return { available: true, filter: { via: 'host', families: ['ipv4'], list, apply } };
  }

  async *watch(ids: string[], { intervalMs = 250 }: WatchOptions = {}): AsyncGenerator<ContainerDetails[]> {
    for (;;) {
      yield await this.inspectContainers(ids);
      await this.clock.sleep(typeof intervalMs === 'number' ? intervalMs : intervalMs());
    }
  }

  async inspectImages(references: string[]): Promise<Map<string, ImageDetails>> {
    const found = new Map<string, ImageDetails>();
    for (const reference of references) {
      const image = this.engineState.imageOf(reference);
      if (image === undefined) continue;
      const details = {
        tags: [],
        repoDigests: image.digests ?? [],
        labels: {},
        exposedPorts: [],
        hasHealthcheck: false,
        volumes: [],
      };
      found.set(reference, { id: image.id, ...details });
    }
    return found;
  }

  async pullImage(reference: string): Promise<void> {
    const remote = this.engineState.registry.get(reference);
    if (remote === undefined)
      throw new DockerError({ code: 'image-not-found', image: reference, reason: 'no such image' });
    await this.engineState.mutate(`pull ${reference}`);
    this.engineState.images.set(reference, remote);
  }

  async tagImage(source: string, target: string): Promise<void> {
    const image = this.engineState.imageOf(source);
    if (image === undefined)
      throw new DockerError({ code: 'image-not-found', image: source, reason: 'no such image' });
    await this.engineState.mutate(`tag ${source} ${target}`);
    this.engineState.images.set(target, image);
  }

  async start(ids: string[]): Promise<void> {
    for (const id of ids) {
      await this.engineState.mutate(`start ${this.engineState.containers.get(id)?.name ?? id}`);
      this.engineState.containers.get(id)?.start(this.clock.now());
    }
  }

  async keepContainers(ids: string[]): Promise<KeptContainer[]> {
    return ids.flatMap((id) => {
      const container = this.engineState.containers.get(id);
      return container === undefined ? [] : [{ id, name: container.name, body: { container }, networks: [] }];
    });
  }

  /** Under the id that it had, which a real engine would not give again. */
  async bringBack({ id, name, body }: KeptContainer): Promise<string> {
    await this.engineState.mutate(`bring back ${name}`);
    const container = body['container'] as SimulatedContainer;
    container.start(this.clock.now());
    this.engineState.containers.set(id, container);
    return id;
  }

  async stop(ids: string[]): Promise<void> {
    for (const id of ids) {
      await this.engineState.mutate(`stop ${this.engineState.containers.get(id)?.name ?? id}`);
      this.engineState.containers.get(id)?.stop();
    }
  }

  /** A trial of Traefik's files, which finds no fault. */
  async runDetached(): Promise<string> {
    return TRIAL;
  }

  async remove(ids: string[]): Promise<void> {
    for (const id of ids.filter((one) => one !== TRIAL)) {
      await this.engineState.mutate(`remove ${this.engineState.containers.get(id)?.name ?? id}`);
      this.engineState.containers.delete(id);
    }
  }

  async logs(id: string): Promise<string> {
    if (id === TRIAL) return `{"level":"error","routerName":"${LAST_ROUTER}@file","error":"it is the last"}`;
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
      const { options = {} } = network;
      const facts = { id: name, name, driver: 'bridge', internal, ipv6: false, bridge: `br-${name}` };
      return [{ ...facts, attachable: false, options, labels, subnets, containers }];
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

  async inspectVolumes(names: string[]) {
    return names.flatMap((name) => {
      const labels = this.engineState.volumes.get(name);
      return labels === undefined ? [] : [{ name, driver: 'local', options: {}, labels }];
    });
  }

  async removeVolumes(names: string[]): Promise<void> {
    for (const name of names) {
      await this.engineState.mutate(`remove volume ${name}`);
      this.engineState.volumes.delete(name);
    }
  }
}
