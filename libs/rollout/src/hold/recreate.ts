import { Hold } from './hold';
import { leadToHold } from './lead-to-hold';
import { leaveRunning } from './leave-running';
import { PinBelow } from './pin-below';
import { awaitHeld, restoreOld } from './restore-old';
import { Interrupted, RolloutError } from '../procedure/rollout-error';
import { stepsOf, type StepRunner } from '../procedure/step-runner';
import { graceAfter, interruptible } from '../procedure/waiting';
import { goesOn } from '../readiness/not-ready';
import type {
  ContainerFacts,
  RecreateRequest,
  RecreateStep,
  RolloutContext,
  RolloutJournal,
  RolloutOutcome,
  RolloutSnapshot,
  RolloutState,
  RolloutStep,
} from '../types';
import { regardlessOfHealth } from '../provider/docker-provider';
import { awaitEngineHealth } from '../service/engine-health';
import { Session } from '../pin/session';
import { undo } from '../service/undo';

/**
 * Replaces the containers of a service that cannot run twice, and loses no request: while nobody serves, whoever comes
 * waits at a listener of ours and is handed over to the new container when it is ready. The stack's lock is held and
 * images are there.
 *
 * Never rejects for what can go wrong on a host. `failed`: the old containers were started again and serve, unless
 * `leftover` says otherwise; `unready`: the new ones run, and were left to go on.
 */
export async function recreateHeld(
  context: RolloutContext,
  request: RecreateRequest,
  journal: RolloutJournal,
): Promise<RolloutOutcome> {
  return new Recreation(context, request, journal).run();
}

/** How far it came, for the way back. */
type Reached = 'serving' | 'held' | 'stopping' | 'switched';

class Recreation {
  private readonly session: Session;
  private readonly steps: StepRunner<RolloutStep>;
  /** Aborts when an interrupt has taken as long as it may. */
  private readonly grace: AbortSignal;
  private state: RolloutState;
  private reached: Reached = 'serving';
  private hold: Hold | null = null;
  private below: PinBelow | null = null;
  private old: ContainerFacts[] = [];
  /** Everything that it takes to make the old containers once more. In memory alone: it holds secrets. */
  private snapshot: RolloutSnapshot = [];

  constructor(
    private readonly context: RolloutContext,
    private readonly request: RecreateRequest,
    private readonly journal: RolloutJournal,
  ) {
    this.session = new Session(context, request);
    this.steps = stepsOf(context, request, journal);
    this.grace = graceAfter(context, this.session.limits.interruptTimeout);
    const { project, composeProject, service, replicas, fileRoutes } = request;
    this.state = {
      project,
      composeProject,
      service,
      replicas,
      fileRoutes,
      drain: request.drain,
      startDeadlineMs: request.startDeadlineMs,
      old: [],
      direction: 'back',
      recreate: {},
    };
  }

  async run(): Promise<RolloutOutcome> {
    try {
      await this.forward();
      return this.outcome('done', '');
    } catch (error) {
      // What puts things right comes next.
      await this.below?.end();
      return error instanceof Interrupted ? await this.interrupted() : await this.failed(error);
    } finally {
      // Who is being told that nobody serves is not cut off.
      await interruptible(this.grace, this.closeWhenQuiet()).catch(() => undefined);
      this.hold?.close();
    }
  }

  private async forward(): Promise<void> {
    const { session, request } = this;
    const all = await session.containers();
    this.old = all.filter(({ status }) => ['running', 'paused', 'restarting'].includes(status));
    const oldIds = all.map(({ id }) => id);
    await this.save({ old: this.old.map(({ id }) => id) });

    const opened = await Hold.open(session, this.old);
    if (typeof opened === 'string') this.goWithout(opened);
    else this.hold = opened;
    if (this.hold && !(await this.leadTo(this.hold))) {
      this.hold = null;
      this.goWithout('a request through Traefik does not arrive at a listener of this process');
    }
    await this.step('stop-old', () => this.stopOld());
    const fresh = await this.step('recreate', async () => {
      if (this.hold && request.hasHealthcheck) this.below = new PinBelow(session, this.hold, this.old);
      await session.retry(() => request.replace());
      const found = (await session.containers()).filter(({ id }) => !oldIds.includes(id));
      if (found.length < request.replicas)
        throw new RolloutError(`Compose started ${found.length} of ${request.replicas} new containers`);
      return found;
    });
    const ready = await this.step('wait-healthy', () =>
      awaitHeld(session, request, fresh, {
        early: this.hold !== null,
        what: 'the new containers to be ready',
      }),
    );
    await this.step('join-edges', () => session.retry(() => request.joinEdges(ready.map(({ id }) => id))));
    await this.step('switch', async () => {
      await this.below?.end();
      this.reached = 'switched';
      const serving = ready.map(regardlessOfHealth);
      await this.hold?.release(serving, request.fileRoutes);
      if (this.hold) await session.pinAsWanted('switch', serving, request.fileRoutes, this.old);
    });
    await this.handBack(ready);
    await this.journal.save(null);
  }

  /** The pin goes when the labels serve, the listeners when they are quiet. */
  private async handBack(ready: ContainerFacts[]): Promise<void> {
    const { session, request, hold } = this;
    const closing = this.closeWhenQuiet();
    closing.catch(() => undefined);
    const { publishRoutes, fileRoutes } = request;
    await this.step('publish-routes', async () => {
      if (publishRoutes) await session.retry(() => publishRoutes(fileRoutes ?? {}));
    });
    await this.step('await-labels', async () => {
      const healthy = await awaitEngineHealth(session, 'await-labels', ready);
      if (hold) await session.awaitLabels('await-labels', healthy);
    });
    await this.step('unpin', async () => {
      await closing;
      if (hold) await session.unpin('unpin');
    });
    if (hold) session.note(hold.account());
  }

  private leadTo(hold: Hold): Promise<boolean> {
    const { session, request, old } = this;
    return leadToHold(session, (name, act) => this.step(name, act), {
      hold,
      old,
      request,
      onHeld: () => (this.reached = 'held'),
    });
  }

  private goWithout(why: string): void {
    this.session.note(`requests are not held while ${this.request.service} is away: ${why}`);
  }

  private async stopOld(): Promise<void> {
    const { docker } = this.session.context;
    const ids = this.old.map(({ id }) => id);
    this.snapshot = await docker.snapshot(ids, this.request.writtenFiles);
    this.reached = 'stopping';
    await this.save({ direction: 'forward' });
    await this.request.preStop?.(this.old.filter(({ status }) => status === 'running').map(({ id }) => id));
    await docker.stop(ids, { graceSeconds: null });
  }

  private async failed(error: unknown): Promise<RolloutOutcome> {
    const reason = error instanceof Error ? error.message : String(error);
    const details = error instanceof RolloutError ? error.details : [];
    if (this.reached === 'switched') {
      return this.outcome(
        'failed',
        reason,
        details,
        'the new containers run; the next deploy of this stack finishes',
      );
    }
    try {
      await interruptible(this.context.signal, this.steps.settled());
      const formerImages = this.old.map(({ imageId }) => imageId);
      if (this.reached === 'stopping' && goesOn(error, formerImages)) {
        await leaveRunning(this.session, this.request, error, this.hold);
        await this.journal.save(null);
        return this.outcome('unready', reason, details);
      }
      if (this.reached === 'stopping')
        await restoreOld(this.session, this.request, {
          old: this.old,
          snapshot: this.snapshot,
          hold: this.hold,
        });
      else await this.backToOld(this.session);
      await this.journal.save(null);
      return this.outcome('failed', reason, details);
    } catch (again) {
      this.hold?.refuse();
      const also = again instanceof Error ? again.message : String(again);
      await this.letGo(this.session);
      return this.outcome(
        'failed',
        reason,
        details,
        `nothing serves it (${also}); the next deploy starts it`,
      );
    }
  }

  private async closeWhenQuiet(): Promise<void> {
    await this.hold?.closeWhenQuiet(this.request.drain.deadlineMs);
  }

  /** Nobody was stopped: the traffic goes where it went. */
  private async backToOld(session: Session): Promise<void> {
    await this.hold?.release(this.old, await session.published());
    await undo(session, {
      old: this.old.map(({ id }) => id),
      drain: this.request.drain,
      switched: this.hold !== null,
    });
  }

  /** Nothing that a pin could lead to runs. */
  private async letGo(session: Session): Promise<void> {
    await session.unpin('unpin').catch(() => undefined);
    await this.journal.save(null).catch(() => undefined);
  }

  private async interrupted(): Promise<RolloutOutcome> {
    const { grace: signal } = this;
    const session = this.session.with(signal);
    const { service } = this.request;
    const ended = (leftover: string | null): RolloutOutcome =>
      this.outcome('interrupted', 'interrupted', [], leftover);
    try {
      await interruptible(signal, this.steps.settled()).catch(() => undefined);
      if (this.reached === 'serving' || this.reached === 'held') {
        await interruptible(signal, this.backToOld(session));
        await this.journal.save(null);
        return ended(null);
      }
      if (this.reached === 'switched')
        return ended('the new containers serve; the next deploy of this stack finishes');
      this.hold?.refuse();
      const left = (await session.context.docker.inspect(this.old.map(({ id }) => id))).map(({ id }) => id);
      if (left.length === this.old.length) await session.context.docker.start(left);
      await interruptible(signal, session.unpin('unpin'));
      await this.journal.save(null);
      return left.length === this.old.length
        ? ended(`the old containers of ${service} were started again and may not be ready yet`)
        : ended(`${service} was being recreated and may be down until the next deploy`);
    } catch {
      return ended(`${service} was being recreated; the next deploy of this stack finishes`);
    }
  }

  private step<T>(name: RecreateStep, act: () => Promise<T>): Promise<T> {
    return this.steps.run(name, act);
  }

  private async save(change: Partial<RolloutState>): Promise<void> {
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
