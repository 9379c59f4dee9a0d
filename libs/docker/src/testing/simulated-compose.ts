import { boundService } from '../compose/bound-service';
import type { Compose, ComposeStack, CreateOptions, DownOptions, UpOptions } from '../compose/compose';
import type { ComposeModel, ComposeService } from '../compose/compose-model';
import { hangsOnOf } from '../compose/hangs-on';
import { COMPOSE_LABELS } from '../compose/labels';
import type { DockerOverrides } from '../docker';
import { DockerError } from '../fault/docker-error';
import { configHash } from './config-hash';
import type { SimulatedContainer } from './simulated-container';
import { createdHash } from './simulated-replica';
import type { SimulatedEngine } from './simulated-engine';

const POLL_MS = 100;

/** The commands of `docker compose` for one stack on a simulated engine. */
export class SimulatedCompose implements Compose {
  constructor(
    private readonly engine: SimulatedEngine,
    readonly stack: ComposeStack,
    private readonly overrides: Pick<DockerOverrides, 'onNetwork'> = {},
  ) {}

  async configQuiet(): Promise<void> {
    this.model();
  }

  async configJson(): Promise<ComposeModel> {
    return this.model();
  }

  async configYaml(): Promise<string> {
    return JSON.stringify(this.model());
  }

  async configHashes(): Promise<Record<string, string>> {
    const { services } = this.model();
    return Object.fromEntries(Object.entries(services).map(([name, one]) => [name, configHash(one)]));
  }

  async createdHashes(
    services: readonly string[],
    containers: Readonly<Record<string, string>>,
  ): Promise<Record<string, string>> {
    const model = this.model();
    return Object.fromEntries(
      services.flatMap((name) => {
        const bound = boundService(model.services[name] ?? {}, containers);
        return bound === null ? [] : [[name, configHash(bound)]];
      }),
    );
  }

  async pull(services: string[] = []): Promise<void> {
    const model = this.model();
    for (const name of services) await this.engine.docker().pullImage(model.services[name]?.image ?? '');
  }

  async build(services: string[] = []): Promise<void> {
    const model = this.model();
    for (const name of services) {
      const service = model.services[name];
      await this.engine.mutate(`build ${name}`);
      const content = JSON.stringify(service?.build);
      this.engine.addImage(service?.image ?? `${this.stack.project}-${name}`, content);
    }
  }

  create(options: CreateOptions = {}): Promise<void> {
    return this.converge({ ...options, noStart: true });
  }

  up(options: UpOptions = {}): Promise<void> {
    return this.converge(options);
  }

  async restart(services?: string[]): Promise<void> {
    await this.stop(services);
    for (const name of this.named(services)) await this.startAll(name);
  }

  async stop(services?: string[]): Promise<void> {
    for (const one of this.named(services).flatMap((name) => this.own(name))) {
      await this.engine.mutate(`stop ${one.name}`);
      this.engine.stop(one);
    }
  }

  async rm(services?: string[], { stop = false }: { stop?: boolean } = {}): Promise<void> {
    if (stop) await this.stop(services);
    for (const one of this.named(services).flatMap((name) => this.own(name))) {
      if (one.runs(this.engine.clock.now())) continue;
      await this.engine.mutate(`remove ${one.name}`);
      this.engine.remove(one);
    }
  }

  async down({ volumes = false, removeOrphans = false }: DownOptions = {}): Promise<void> {
    const model = this.model();
    const docker = this.engine.docker();
    const ofProject = (labels: Readonly<Record<string, string>>): boolean =>
      labels[COMPOSE_LABELS.project] === this.stack.project;
    for (const one of [...this.engine.containers.values()]) {
      if (one.project !== this.stack.project || (!removeOrphans && !(one.service in model.services)))
        continue;
      await this.engine.mutate(`remove ${one.name}`);
      this.engine.remove(one);
    }
    const networks = [...this.engine.networks.values()].filter(({ labels }) => ofProject(labels));
    for (const { name } of networks) await docker.removeNetwork(name);
    const named = [...this.engine.volumes].filter(([, labels]) => ofProject(labels)).map(([name]) => name);
    if (volumes) await docker.removeVolumes(named);
  }

  async logs({ services }: { services?: string[] } = {}): Promise<string> {
    return this.named(services)
      .flatMap((name) => this.own(name))
      .map(({ name }) => `${name}  | ${this.engine.logsOf(name)}`)
      .join('');
  }

  /** There is no terminal. */
  passthrough(): Promise<number> {
    return Promise.resolve(0);
  }

  private async converge(options: UpOptions): Promise<void> {
    const model = this.model();
    const asked = options.services ?? Object.keys(model.services);
    const services = options.noDeps ? asked : withNeeded(model, asked);
    await this.makeNetworks(model, services);
    this.makeVolumes(model, services);
    for (const name of services) await this.createAll(name, model, options, asked);
    if (options.noStart) return;
    for (const name of services) {
      if (!options.noDeps) await this.awaitNeeded(name, model);
      await this.startAll(name);
    }
    if (options.wait) for (const name of services) await this.until(name, 'service_healthy');
  }

  private async createAll(
    name: string,
    model: ComposeModel,
    options: CreateOptions,
    asked: readonly string[],
  ): Promise<void> {
    const service = model.services[name] ?? {};
    const wanted = options.scale?.[name] ?? service.scale ?? service.deploy?.replicas ?? 1;
    const force = options.forceRecreate === true && asked.includes(name);
    for (const old of this.own(name)) {
      if (force || (options.noRecreate !== true && this.differs(old, service)))
        await this.recreate(old, model);
    }
    let numbers = this.own(name).map((one) => one.number);
    while (numbers.length < wanted) {
      await this.engine.mutate(`create ${name}`);
      const number = Math.max(0, ...numbers) + 1;
      this.engine.addReplica(this.stack, name, model, number);
      numbers = [...numbers, number];
    }
    await this.removeSurplus(name, wanted);
  }

  /** Compose takes the highest numbers away. */
  private async removeSurplus(name: string, wanted: number): Promise<void> {
    const surplus = this.own(name).sort((a, b) => a.number - b.number);
    for (const one of surplus.slice(wanted)) {
      await this.engine.mutate(`scale down: remove ${one.name}`);
      this.engine.remove(one);
    }
  }

  private async recreate(old: SimulatedContainer, model: ComposeModel): Promise<void> {
    await this.engine.mutate(`recreate: stop ${old.name}`);
    this.engine.stop(old);
    await this.engine.mutate(`recreate: replace ${old.name}`);
    this.engine.remove(old);
    this.engine.addReplica(this.stack, old.service, model, old.number);
  }

  private differs(old: SimulatedContainer, service: ComposeService): boolean {
    const { labels, reference, imageId } = old.definition;
    const image = this.engine.imageOf(reference);
    return (
      labels[COMPOSE_LABELS.configHash] !== createdHash(this.engine, this.stack.project, service) ||
      (image !== undefined && image.id !== imageId)
    );
  }

  private async startAll(name: string): Promise<void> {
    for (const one of this.own(name)) {
      if (one.runs(this.engine.clock.now())) continue;
      await this.engine.mutate(`start ${one.name}`);
      this.engine.start(one);
    }
  }

  private async awaitNeeded(name: string, { services }: ComposeModel): Promise<void> {
    for (const [needed, { condition }] of Object.entries(services[name]?.depends_on ?? {})) {
      if (needed in services && condition !== 'service_started') await this.until(needed, condition);
    }
  }

  /** Waits as `depends_on` and `--wait` do. */
  private async until(
    name: string,
    condition: 'service_healthy' | 'service_completed_successfully',
  ): Promise<void> {
    const { clock } = this.engine;
    for (const one of this.own(name)) {
      for (;;) {
        const now = clock.now();
        const health = one.health(now);
        const reason = one.state(now) === 'exited' ? `exited (${one.exitCode(now)})` : 'is unhealthy';
        const isDone = condition === 'service_completed_successfully';
        if (isDone && one.state(now) === 'exited' && one.exitCode(now) === 0) break;
        if (!isDone && one.state(now) === 'running' && (health ?? 'healthy') === 'healthy') break;
        if (one.state(now) === 'exited' || (!isDone && health === 'unhealthy')) {
          throw new DockerError({ code: 'container-unhealthy', container: one.name, reason });
        }
        await clock.sleep(POLL_MS);
      }
    }
  }

  private async makeNetworks(model: ComposeModel, services: readonly string[]): Promise<void> {
    const keys = new Set(services.flatMap((name) => Object.keys(model.services[name]?.networks ?? {})));
    for (const key of keys) {
      const network = model.networks?.[key];
      const name = network?.name ?? `${this.stack.project}_${key}`;
      if (this.engine.networks.has(name)) continue;
      if (network?.external) throw new DockerError({ code: 'network-not-found', network: name });
      await this.engine.mutate(`create network ${name}`);
      const { subnet, gateway, ip_range: ipRange } = network?.ipam?.config?.[0] ?? {};
      this.engine.addNetwork(
        {
          name,
          labels: {
            ...network?.labels,
            [COMPOSE_LABELS.project]: this.stack.project,
            [COMPOSE_LABELS.network]: key,
          },
          internal: network?.internal ?? false,
          ...(subnet !== undefined && { subnet }),
          ...(gateway !== undefined && { gateway }),
          ...(ipRange !== undefined && { ipRange }),
        },
        Object.fromEntries(
          Object.entries(network?.driver_opts ?? {}).map(([option, value]) => [option, String(value)]),
        ),
      );
      this.overrides.onNetwork?.(name);
    }
  }

  /** Those that the file declares. */
  private makeVolumes(model: ComposeModel, services: readonly string[]): void {
    const sources = services
      .flatMap((name) => model.services[name]?.volumes ?? [])
      .map(({ source }) => source ?? '');
    for (const key of sources) {
      const volume = model.volumes?.[key];
      if (volume === undefined || volume?.external) continue;
      const name = volume?.name ?? `${this.stack.project}_${key}`;
      if (!this.engine.volumes.has(name)) {
        this.engine.volumes.set(name, { ...volume?.labels, [COMPOSE_LABELS.project]: this.stack.project });
      }
    }
  }

  /** Replicas of a service, the lowest number first. */
  private own(service: string): SimulatedContainer[] {
    return this.engine.of(this.stack.project, service).sort((a, b) => a.number - b.number);
  }

  private named(services: readonly string[] | undefined): readonly string[] {
    return services?.length ? services : Object.keys(this.model().services);
  }

  private model(): ComposeModel {
    this.engine.composeCalls += 1;
    return this.engine.readModel(this.stack);
  }
}

/** The services and what they need, in the order in which Compose starts them. */
function withNeeded({ services }: ComposeModel, asked: readonly string[]): string[] {
  const ordered = new Set<string>();
  const add = (name: string, above: readonly string[]): void => {
    const service = services[name];
    if (service === undefined || ordered.has(name) || above.includes(name)) return;
    const needed = [...Object.keys(service.depends_on ?? {}), ...hangsOnOf(service).map((on) => on.service)];
    for (const each of needed) add(each, [...above, name]);
    ordered.add(name);
  };
  for (const name of asked) add(name, []);
  return [...ordered];
}
