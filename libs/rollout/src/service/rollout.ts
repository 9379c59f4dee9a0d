import { AddressWatch } from '../readiness/address-watch';
import { regardlessOfHealth } from '../provider/docker-provider';
import { awaitReady } from '../readiness/await-ready';
import { finish } from './finish';
import { Interrupted, RolloutError } from '../procedure/rollout-error';
import { Session } from '../pin/session';
import { stepsOf, type StepRunner } from '../procedure/step-runner';
import type {
  ContainerFacts,
  RolloutContext,
  RolloutJournal,
  RolloutOutcome,
  RolloutRequest,
  RolloutState,
  RolloutStep,
} from '../types';
import { undo } from './undo';
import { interruptible } from '../procedure/waiting';
import { goBack } from './go-back';

/**
 * Replaces the containers of one service while it serves. The stack's lock is held, images are there, and
 * `recoverRollout` has dealt with what an earlier one left.
 *
 * Never rejects for what can go wrong on a host; see `RolloutOutcome` for what is left in each case.
 */
export async function rollOut(
  context: RolloutContext,
  request: RolloutRequest,
  journal: RolloutJournal,
): Promise<RolloutOutcome> {
  return new Rollout(context, request, journal).run();
}

class Rollout {
  private readonly session: Session;
  private readonly steps: StepRunner<RolloutStep>;
  private state: RolloutState;
  private committed = false;

  constructor(
    private readonly context: RolloutContext,
    private readonly request: RolloutRequest,
    private readonly journal: RolloutJournal,
  ) {
    this.session = new Session(context, request);
    this.steps = stepsOf(context, request, journal);
    const { project, composeProject, service, replicas, fileRoutes, drain } = request;
    this.state = {
      project,
      composeProject,
      service,
      replicas,
      fileRoutes,
      drain,
      old: [],
      startDeadlineMs: request.startDeadlineMs,
      direction: 'back',
    };
  }

  async run(): Promise<RolloutOutcome> {
    try {
      await this.forward();
      return this.outcome('done', '');
    } catch (error) {
      return error instanceof Interrupted ? this.interrupted() : this.failed(error);
    }
  }

  private async forward(): Promise<void> {
    const { session, request } = this;
    const { docker } = session.context;
    const all = await session.containers();
    const old = all.filter((container) => ['running', 'paused', 'restarting'].includes(container.status));
    const oldIds = old.map((container) => container.id);
    await this.save({ old: oldIds, direction: 'back' });

    await this.steps.run('clear-leftovers', async () => {
      const dead = all.filter((container) => !oldIds.includes(container.id)).map((container) => container.id);
      if (dead.length > 0) await docker.remove(dead, { force: true, keepVolumes: true });
    });
    const { preStart } = request;
    if (preStart) await this.steps.run('pre-start', () => preStart(oldIds.length + request.replicas));
    const pinned = await this.steps.run('pin-old', () => session.pinAsPublished('pin-old', old));
    const started = await this.steps.run('start-new', () => this.start(oldIds));
    const fresh = await this.steps.run('wait-healthy', () =>
      awaitReady(session.context, started, {
        deadlineMs: () => request.startDeadlineMs,
        limits: session.limits,
        waiter: session.waiter('wait-healthy'),
        ...(pinned && { serving: new AddressWatch(session, old), early: true }),
      }),
    );
    // Consumers of other stacks find them by name from here on, so not before they are ready.
    await this.steps.run('join-edges', () =>
      session.retry(() => request.joinEdges(fresh.map(({ id }) => id))),
    );
    await this.steps.run('switch', async () => {
      await this.save({ old: oldIds, direction: 'forward' });
      await session.pinAsWanted('switch', fresh.map(regardlessOfHealth), request.fileRoutes, old);
    });
    await finish(session, this.steps, {
      old: await docker.inspect(oldIds),
      fresh,
      drain: request.drain,
      fileRoutes: request.fileRoutes,
      publishRoutes: request.publishRoutes,
      preStop: request.preStop,
      onPointOfNoReturn: () => (this.committed = true),
    });
    await this.journal.save(null);
  }

  private async start(oldIds: string[]): Promise<ContainerFacts[]> {
    const { replicas } = this.request;
    await this.session.retry(() => this.request.start(oldIds.length + replicas));
    const fresh = (await this.session.containers()).filter((container) => !oldIds.includes(container.id));
    if (fresh.length < replicas) {
      throw new RolloutError(`Compose started ${fresh.length} of ${replicas} new containers`);
    }
    return fresh;
  }

  private async failed(error: unknown): Promise<RolloutOutcome> {
    const reason = error instanceof Error ? error.message : String(error);
    const details = error instanceof RolloutError ? error.details : [];
    if (this.committed) {
      return this.outcome(
        'failed',
        reason,
        details,
        'the new containers serve through a route file; the next deploy of this stack finishes',
      );
    }
    return { ...(await this.goBack(this.context.signal, 'failed', reason)), details };
  }

  private async interrupted(): Promise<RolloutOutcome> {
    const { deadline = (ms: number) => AbortSignal.timeout(ms) } = this.context;
    const signal = deadline(this.session.limits.interruptTimeout);
    if (!this.committed) return this.goBack(signal, 'interrupted', 'interrupted');
    await interruptible(signal, this.steps.settled()).catch(() => undefined);
    const left = 'the new containers serve; the next deploy of this stack removes the old ones';
    return this.outcome('interrupted', 'interrupted', [], left);
  }

  private async goBack(
    signal: AbortSignal,
    result: 'failed' | 'interrupted',
    reason: string,
  ): Promise<RolloutOutcome> {
    const switched = this.state.direction === 'forward';
    const { old } = this.state;
    const left = await goBack({
      steps: this.steps,
      journal: this.journal,
      signal,
      note: () => this.save({ old, direction: 'back' }),
      undo: () => undo(this.session.with(signal), { old, drain: this.request.drain, switched }),
    });
    return this.outcome(result, reason, [], left);
  }

  private async save(change: Pick<RolloutState, 'old' | 'direction'>): Promise<void> {
    this.state = { ...this.state, ...change };
    await this.journal.save(this.state);
  }

  private outcome(
    result: RolloutOutcome['result'],
    reason: string,
    details: string[] = [],
    leftover: string | null = null,
  ): RolloutOutcome {
    return { result, reason, details, leftover, durations: this.steps.durations };
  }
}
