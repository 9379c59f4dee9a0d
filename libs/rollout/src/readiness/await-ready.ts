import type { ContainerFacts, RolloutContext, RolloutLimits } from '../types';
import { RolloutError } from '../procedure/rollout-error';
import { seconds, waitFor, type Waiter } from '../procedure/waiting';
import type { AddressWatch } from './address-watch';
import { EarlyCheck } from './early-check';
import { healthLog } from './health-log';
import { portsAnswer, routedEnds } from './ports-answer';
import { NotReady } from './not-ready';
import { readinessOf, stabilityOf, startBudget } from './readiness';

export interface ReadyOptions {
  /** What a container's start may take at most; null: what follows from its health check. */
  deadlineMs: (container: ContainerFacts) => number | null;
  limits: RolloutLimits;
  waiter: Waiter;
  /** Those that serve meanwhile; every look is at them too. */
  serving?: AddressWatch;
  /**
   * The health check's own command is tried by us as well, where a routed port answers too: for whoever leads traffic
   * there by address. What waits for the engine's `healthy` (Traefik's docker provider, Compose) has to do so
   * afterwards.
   */
  early?: boolean;
  /** Whether ports that routes lead to have to answer. Default: yes. */
  ports?: boolean;
  /** Whether an end with exit code 0 is success. Default: of none. */
  mayFinish?: (container: ContainerFacts) => boolean;
  /** Ends the sentence `waiting for …`; default: the new containers to be ready. */
  what?: string;
}

const LONGEST_INTERVAL_MS = 1000;
const logLines = 20;

/**
 * Waits until all containers are ready: healthy, or without a health check running without a restart for a while; and
 * every port that a route leads to answers from where Traefik is. The one wait for it, whether they were rolled or only
 * started.
 *
 * @param fresh as they were found after their start; none: all of them are ready
 * @returns their facts; with `early` some may be `starting` still for the engine
 * @throws NotReady as soon as one cannot become ready, or is not in time, with its health log and last lines
 */
export async function awaitReady(
  context: RolloutContext,
  fresh: ContainerFacts[],
  options: ReadyOptions,
): Promise<ContainerFacts[]> {
  if (fresh.length === 0) return [];
  const wait = new ReadinessWait(context, fresh, options);
  return waitFor(
    options.waiter,
    {
      what: options.what ?? 'the new containers to be ready',
      limitMs: () => wait.budgetMs,
      // Each look is a process: what takes a minute to start need not be known to the tenth of a second.
      intervalMs: (elapsedMs) => wait.pause(elapsedMs),
      timeUp: () => wait.timeUp(),
    },
    () => wait.look(),
    () => wait.why,
  );
}

class ReadinessWait {
  /** What is missing, of the first that is not ready. */
  why = '';
  budgetMs: number;
  private containers: ContainerFacts[] = [];
  private culprit: ContainerFacts | undefined;
  private readonly ids: string[];
  private readonly stableSince = new Map<string, { startedAt: number; since: number }>();
  private readonly portDue = new Map<string, number>();
  private readonly early: EarlyCheck;

  constructor(
    private readonly context: RolloutContext,
    fresh: ContainerFacts[],
    private readonly options: ReadyOptions,
  ) {
    this.ids = fresh.map(({ id }) => id);
    this.budgetMs = this.budgetOf(fresh);
    this.early = new EarlyCheck(context);
  }

  async look(): Promise<ContainerFacts[] | null> {
    const { serving } = this.options;
    const looked = await this.context.docker.inspect([...this.ids, ...(serving?.ids ?? [])]);
    await serving?.follow(looked);
    const containers = looked.filter(({ id }) => this.ids.includes(id));
    const missing = this.ids.length - containers.length;
    if (missing > 0) throw new RolloutError(`${missing} of the new containers disappeared`);
    this.budgetMs = this.budgetOf(containers);
    this.containers = containers;
    const found = await Promise.all(containers.map((container) => this.missingOf(container)));
    const first = found.findIndex((missingOne) => missingOne !== '');
    this.why = found[first] ?? '';
    this.culprit = containers[first] ?? containers[0];
    return first < 0 ? containers : null;
  }

  /** The error when the budget has passed. */
  async timeUp(): Promise<RolloutError> {
    const why = `not ready after ${seconds(this.budgetMs)}: ${this.why}`;
    if (this.culprit === undefined) return new RolloutError(why);
    return this.notReady(this.culprit, why, this.culprit.status === 'running');
  }

  pause(elapsedMs: number): number {
    const { healthInterval } = this.options.limits;
    const regular = Math.min(Math.max(healthInterval, elapsedMs / 20), LONGEST_INTERVAL_MS);
    return Math.max(Math.min(regular, this.early.due()), Math.min(healthInterval, regular));
  }

  private budgetOf(containers: ContainerFacts[]): number {
    const { deadlineMs, limits } = this.options;
    return Math.max(...containers.map((one) => deadlineMs(one) ?? startBudget([one], limits)));
  }

  /**
   * Empty: it is ready. Else what is missing, in words.
   * @throws RolloutError when it cannot become ready
   */
  private async missingOf(container: ContainerFacts): Promise<string> {
    const verdict = readinessOf(container, this.options.mayFinish?.(container));
    switch (verdict.state) {
      case 'failed':
        throw await this.notReady(container, verdict.why, isUnhealthy(container));
      case 'finished':
        return '';
      case 'ready':
        return this.missingPort(container);
      case 'unchecked':
        return this.missingStability(container);
      case 'waiting':
        return (await this.isReadyEarly(container)) ? '' : verdict.why;
    }
  }

  /** Empty: the ports that routes lead to answer. Else which one does not, in words. */
  private closedPort(container: ContainerFacts): Promise<string> {
    return this.options.ports === false ? Promise.resolve('') : portsAnswer(this.context, container);
  }

  private async missingPort(container: ContainerFacts): Promise<string> {
    const answers = await this.closedPort(container);
    if (answers === '') return '';
    const { portTimeout } = this.options.limits;
    const now = this.context.clock.now();
    const due = this.portDue.get(container.id) ?? now + portTimeout;
    this.portDue.set(container.id, due);
    if (now < due) return `${container.name}: ${answers}`;
    const why = `${container.name} is healthy, but ${answers} after ${seconds(portTimeout)}`;
    throw await this.notReady(container, why, false);
  }

  private async notReady(container: ContainerFacts, why: string, runsOn: boolean): Promise<NotReady> {
    const { message, details } = await failure(this.context, container, why);
    return new NotReady(message, details, runsOn, this.containers);
  }

  private async missingStability(container: ContainerFacts): Promise<string> {
    const { clock } = this.context;
    const needed = stabilityOf(container, this.options.limits);
    const answers = await this.closedPort(container);
    const { startedAt } = container;
    let known = this.stableSince.get(container.id);
    if (known?.startedAt !== startedAt || answers !== '') {
      // A port that was seen not to answer has to answer for so long; else the container's own age tells.
      const wasClosed = known?.startedAt === startedAt || answers !== '';
      known = { startedAt, since: wasClosed ? clock.now() : Math.min(startedAt, clock.now()) };
      this.stableSince.set(container.id, known);
      if (answers !== '') return `${container.name}: ${answers}`;
    }
    if (clock.now() - known.since >= needed) return '';
    return `${container.name} has to run for ${seconds(needed)}`;
  }

  /** A first server for the time of an initialisation passes its own check; no route leads to its port. */
  private async isReadyEarly(container: ContainerFacts): Promise<boolean> {
    if (this.options.early !== true || container.status !== 'running') return false;
    if (routedEnds(this.context.proxy, container).length === 0) return false;
    await this.early.look(container);
    return this.early.isReady(container) && (await this.closedPort(container)) === '';
  }
}

function isUnhealthy({ status, health }: ContainerFacts): boolean {
  return status === 'running' && health?.status === 'unhealthy';
}

/** The error for a container that is not fit, with its health log and last lines. */
export async function failure(
  context: Pick<RolloutContext, 'docker'>,
  container: ContainerFacts,
  why: string,
): Promise<RolloutError> {
  const logs = await context.docker.logs(container.id, logLines).catch(() => '');
  const lines = logs
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(-logLines);
  const shown =
    lines.length > 0 ? [`last lines of ${container.name}:`, ...lines.map((line) => `  ${line}`)] : [];
  return new RolloutError(why, [...healthLog(container), ...shown]);
}
