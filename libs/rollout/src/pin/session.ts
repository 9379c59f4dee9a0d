import { randomUUID } from 'node:crypto';

import { apiOfSwarm, fileOfSwarm, qualified, subtree } from '@itsup/traefik';

import {
  acknowledgeLabels,
  acknowledgePin,
  acknowledgeSuperseded,
  acknowledgeUnled,
  acknowledgeUnpinned,
  brokenRouters,
  waitMargin,
  type Acknowledgement,
} from './acknowledge';
import { Others } from './others';
import { defaultLimits } from '../procedure/limits';
import { retryUntilAnswer, retryingDocker, type RetryOptions } from '../procedure/retry';
import { renderPin, type Pin, type PinInput, type PinManner } from './pin';
import { readPinMarker, readPublished, refuseUnreadable, removePin, unreadable, writePin } from './pin-file';
import { labelNameOf } from './pin-names';
import { providedBy } from '../provider/provided-by';
import {
  isEmpty,
  serviceNames,
  uncertaintyOf,
  type ProvidedConfiguration,
} from '../provider/provided-configuration';
import { routesTo } from '../provider/published-routes';
import { RolloutError } from '../procedure/rollout-error';
import { filesWinTies, isOnSwarm, usesFastProxy } from '../provider/provider-network';
import type {
  ContainerFacts,
  DynamicConfiguration,
  RolloutContext,
  RolloutLimits,
  RolloutStep,
} from '../types';
import { waiterFor, type Waiter } from '../procedure/waiting';

/** What is being replaced. */
export interface SessionSubject {
  project: string;
  composeProject: string;
  service: string;
}

/** The moves that a rollout, its way back and its recovery are made of. Each can be repeated. */
export class Session {
  readonly limits: RolloutLimits;
  /** With a Docker that outlasts a restart of the engine. */
  readonly context: RolloutContext;
  /** Milliseconds: just before the route file was written or removed; null: it was not. */
  private changedAt: number | null = null;
  private readonly others: Others;

  /** @param signal aborts the waits; the way back after an interrupt has one of its own */
  constructor(
    private readonly given: RolloutContext,
    readonly subject: SessionSubject,
    readonly signal: AbortSignal = given.signal,
    known?: Others,
  ) {
    this.limits = { ...defaultLimits, ...given.limits };
    this.context = { ...given, docker: retryingDocker(given.docker, this.retryOptions()) };
    this.others = known ?? new Others(given.proxy, subject);
  }

  /** The same rollout with another signal. */
  with(signal: AbortSignal): Session {
    return new Session(this.given, this.subject, signal, this.others);
  }

  containers(): Promise<ContainerFacts[]> {
    return this.context.docker.listService(this.subject.composeProject, this.subject.service);
  }

  provided(containers: ContainerFacts[]): ProvidedConfiguration {
    return providedBy(this.context.proxy, containers);
  }

  waiter(step: RolloutStep): Waiter {
    return waiterFor(this.context, this.subject, step, this.signal);
  }

  note(text: string): void {
    this.given.report({ type: 'note', project: this.subject.project, service: this.subject.service, text });
  }

  /** Repeats an act on the engine until that answers. */
  retry<T>(act: () => Promise<T>): Promise<T> {
    return retryUntilAnswer(this.retryOptions(), act);
  }

  private retryOptions(): RetryOptions {
    const { clock } = this.given;
    const limitMs = this.limits.engineTimeout;
    return { clock, signal: this.signal, limitMs, note: (text) => this.note(text) };
  }

  /**
   * Sends the service's traffic to these containers, with the published static routes that lead to them.
   *
   * @returns null: nothing leads there, and no pin is needed
   */
  async pinAsPublished(step: RolloutStep, containers: ContainerFacts[]): Promise<Pin | null> {
    const provided = this.provided(containers);
    if (isEmpty(provided)) return null;
    const pin = await this.renderAsPublished(provided);
    if (pin.routers.length === 0) return null;
    await this.lead(step, pin, await this.excused(step, pin));
    return pin;
  }

  /**
   * Sends the service's traffic to these containers, with static routes that are not published yet; those that are
   * published and lead to `before` but are not among them match nothing any more.
   */
  async pinAsWanted(
    step: RolloutStep,
    containers: ContainerFacts[],
    fileRoutes: DynamicConfiguration | null,
    before: ContainerFacts[],
  ): Promise<Pin | null> {
    if (!this.context.proxy) return null;
    const provided = this.provided(containers);
    const published = await this.published();
    const retired = routesTo(published, serviceNames(this.provided(before)));
    const pin = await this.render(provided, fileRoutes ?? {}, retired, published);
    if (pin.routers.length === 0) return null;
    await this.write(pin);
    await acknowledgePin(this.acknowledgement(step), pin, new Set());
    await this.awaitSuperseded(step, before, containers);
    return pin;
  }

  /**
   * Sends the service's traffic to these containers, with static routes that are not published yet. The labels of
   * others may still lead requests of other kinds elsewhere.
   */
  async pinAhead(
    step: RolloutStep,
    containers: ContainerFacts[],
    fileRoutes: DynamicConfiguration | null,
  ): Promise<void> {
    if (!this.context.proxy) return;
    const published = await this.published();
    const pin = await this.render(this.provided(containers), fileRoutes ?? {}, {}, published);
    if (pin.routers.length > 0) await this.lead(step, pin, new Set());
  }

  /**
   * Sends the service's traffic to where these routes lead, with the published static routes that belong to them, in
   * another manner than a rollout does.
   */
  async pinInManner(step: RolloutStep, provided: ProvidedConfiguration, manner: PinManner): Promise<void> {
    if (!this.context.proxy || isEmpty(provided)) return;
    const pin = await this.renderAsPublished(provided, manner);
    await this.lead(step, pin, await this.excused(step, pin));
  }

  /** Writes a pin and waits until every Traefik serves it. */
  private async lead(step: RolloutStep, pin: Pin, excused: ReadonlySet<string>): Promise<void> {
    await this.write(pin);
    await acknowledgePin(this.acknowledgement(step), pin, excused);
    await waitMargin(this.acknowledgement(step));
  }

  /** What the files in Traefik's dynamic folder say, pins left out. */
  async published(): Promise<DynamicConfiguration> {
    const { proxy } = this.context;
    return proxy ? asOfDocker(await readPublished(proxy.dynamicFolder), isOnSwarm(proxy)) : {};
  }

  /** Waits until no router of Traefik's docker provider leads to these containers any more. */
  async awaitUnled(step: RolloutStep, gone: ContainerFacts[]): Promise<void> {
    if (this.context.proxy) await acknowledgeUnled(this.acknowledgement(step), this.provided(gone));
  }

  /** Routers of a pin whose originals do not work either. */
  private excused(step: RolloutStep, pin: Pin): Promise<Set<string>> {
    return brokenRouters(this.acknowledgement(step), pin, (name) => {
      const label = labelNameOf(name);
      const file = qualified(name, 'file');
      return [label === null ? file : qualified(label, 'docker'), file];
    });
  }

  /**
   * Waits until the labels of containers that are about to go bring them no request that the pin means for others.
   * @throws RolloutError
   */
  async awaitSuperseded(step: RolloutStep, going: ContainerFacts[], heirs: ContainerFacts[]): Promise<void> {
    if (!this.context.proxy) return;
    const acknowledgement = this.acknowledgement(step);
    await acknowledgeSuperseded(acknowledgement, this.provided(going), this.provided(heirs));
    await waitMargin(acknowledgement);
  }

  /** Rewrites a pin whose containers changed their addresses; not acknowledged. */
  async repin(containers: ContainerFacts[]): Promise<void> {
    const provided = this.provided(containers);
    if (!isEmpty(provided)) await this.write(await this.renderAsPublished(provided));
  }

  /**
   * Waits until the labels of these containers serve by themselves.
   * @throws RolloutError at once where nobody can tell what Traefik makes of them
   */
  async awaitLabels(step: RolloutStep, containers: ContainerFacts[]): Promise<void> {
    const provided = this.provided(containers);
    const uncertain = uncertaintyOf(provided);
    // No waiting makes Traefik keep to one of them.
    if (uncertain !== undefined) throw new RolloutError(uncertain);
    if (!isEmpty(provided)) await acknowledgeLabels(this.acknowledgement(step), provided);
  }

  async isPinned(): Promise<boolean> {
    const { pinFolder } = this;
    if (pinFolder === null) return false;
    return (await readPinMarker(pinFolder, this.subject.project, this.subject.service)) !== null;
  }

  /** Removes the pin; where Traefik runs, it lets go of it before this resolves. */
  async unpin(step: RolloutStep): Promise<void> {
    const { pinFolder } = this;
    if (pinFolder === null) return;
    const { project, service } = this.subject;
    const marker = await readPinMarker(pinFolder, project, service);
    this.changedAt = this.given.clock.now();
    await removePin(pinFolder, project, service);
    if (marker !== null && this.context.proxy) await acknowledgeUnpinned(this.acknowledgement(step), marker);
  }

  private get pinFolder(): string | null {
    return this.context.proxy?.dynamicFolder ?? this.context.pinFolder ?? null;
  }

  private async write(pin: Pin): Promise<void> {
    const { proxy } = this.context;
    if (!proxy) return;
    const { project, service } = this.subject;
    refuseUnreadable(proxy, pin.text, `the route file of ${service} was`);
    this.changedAt = this.given.clock.now();
    const text = isOnSwarm(proxy) ? fileOfSwarm(pin.text, 'dynamic') : pin.text;
    await writePin(proxy.dynamicFolder, project, service, text);
  }

  /** The pin that leads there, with the published static routes that do. */
  private async renderAsPublished(provided: ProvidedConfiguration, manner: PinManner = {}): Promise<Pin> {
    const published = await this.published();
    return this.render(provided, routesTo(published, serviceNames(provided)), {}, published, manner);
  }

  private async render(
    provided: ProvidedConfiguration,
    fileRoutes: DynamicConfiguration,
    retired: DynamicConfiguration,
    published: DynamicConfiguration,
    manner: PinManner = {},
  ): Promise<Pin> {
    const configuration = this.context.proxy?.staticConfiguration ?? {};
    const transport = subtree(configuration, 'serversTransport');
    const input: PinInput = {
      project: this.subject.project,
      service: this.subject.service,
      provided,
      fileRoutes,
      retired,
      published,
      transports: published.http?.serversTransports ?? {},
      tcpTransports: published.tcp?.serversTransports ?? {},
      manner,
      defaultTransport: Object.keys(transport).length > 0 ? transport : null,
      winsTies: filesWinTies(configuration),
      fastProxy: usesFastProxy(configuration),
      writing: randomUUID(),
    };
    const pin = renderPin({ ...input, others: await this.others.provided(this.context.docker) });
    // What others wrote must not keep this service's own file from being written.
    return unreadable(this.context.proxy ?? {}, pin.text) === null ? pin : renderPin(input);
  }

  private acknowledgement(step: RolloutStep): Acknowledgement {
    const { proxy, get } = this.context;
    if (!proxy) throw new TypeError('an acknowledgement needs a proxy');
    const waiter = this.waiter(step);
    return { get, proxy, limits: this.limits, waiter, since: this.changedAt ?? waiter.clock.now() };
  }
}

/** Files of a swarm's Traefik with the names that everything here has. */
function asOfDocker(files: DynamicConfiguration, ofSwarm: boolean): DynamicConfiguration {
  return ofSwarm ? (JSON.parse(apiOfSwarm(JSON.stringify(files))) as DynamicConfiguration) : files;
}
