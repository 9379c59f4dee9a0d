import {
  DockerError,
  type ComposeModel,
  type ComposeStack,
  type Docker,
  type PacketRule,
} from '@itsup/docker';

import { hangsOnOf } from '../desired/definition';
import { sha256 } from '../desired/digest';
import { configHash } from './config-hash';
import { SimulatedContainer, type Behaviour } from './simulated-container';
import { SimulatedDocker } from './simulated-docker';
import type { VirtualClock } from '@itsup/rollout/testing/virtual-clock';

interface SimulatedImage {
  id: string;
  behaviour: Behaviour;
  /** `name@sha256:…`, of an image that came from a registry. */
  digests?: string[];
}

interface SimulatedNetwork {
  name: string;
  labels: Record<string, string>;
  subnet: string;
  internal: boolean;
  /** Options of the driver. */
  options?: Record<string, string>;
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
    this.images.set(reference, { id: `sha256:${sha256(content)}`, behaviour });
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
      id: sha256(`container ${this.serial}`),
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
      joins: hangsOnOf(service).flatMap((on) => this.oldestOf(project, on.service)),
      mounts: (service.volumes ?? []).flatMap(({ source }) => source ?? []),
    });
    this.containers.set(container.id, container);
    return container;
  }

  /** The container that Compose takes where another service's uses this one's. */
  private oldestOf(project: string, service: string): string[] {
    const own = [...this.containers.values()].filter(
      (one) => one.project === project && one.service === service,
    );
    return own
      .sort((a, b) => a.number - b.number)
      .slice(0, 1)
      .map(({ id }) => id);
  }
}
