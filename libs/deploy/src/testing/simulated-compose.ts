import { readFileSync } from 'node:fs';

import {
  COMPOSE_LABELS,
  type ComposeModel,
  type ComposeStack,
  type CreateOptions,
  DockerError,
  type UpOptions,
} from '@itsup/docker';

import { configHash } from './config-hash';
import { mergedModel, parseModel } from './parse-model';
import type { SimulatedContainer } from './simulated-container';
import type { SimulatedEngine } from './simulated-engine';
import type { VirtualClock } from '@itsup/rollout/testing/virtual-clock';

/** The commands of `docker compose` for one stack on a simulated engine. */
export class SimulatedCompose {
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
    return this.converge(options, options.noStart !== true);
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
      const labels = { [COMPOSE_LABELS.project]: this.stack.project };
      this.engine.networks.set(name, {
        name,
        labels,
        subnet: '10.0.0.0/24',
        internal: network?.internal ?? false,
        options: Object.fromEntries(
          Object.entries(network?.driver_opts ?? {}).map(([key, value]) => [key, String(value)]),
        ),
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
    return mergedModel(files.map(read));
  } catch (error) {
    throw new DockerError({ code: 'compose-invalid', reason: String(error) });
  }
}
