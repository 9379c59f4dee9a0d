import { AddressWatch } from '../readiness/address-watch';
import { awaitReady } from '../readiness/await-ready';
import { drain } from '../drain/drain';
import { beginRemoval } from './finish';
import { isServing, regardlessOfHealth } from '../provider/docker-provider';
import { endsOf } from '../provider/provided-configuration';
import { Interrupted, RolloutError } from '../procedure/rollout-error';
import { Session } from '../pin/session';
import { stepsOf, type StepRunner } from '../procedure/step-runner';
import type {
  ContainerFacts,
  RolloutContext,
  RolloutJournal,
  RolloutOutcome,
  RolloutState,
  RolloutStep,
  ScaleRequest,
} from '../types';
import { undo } from './undo';
import { interruptible } from '../procedure/waiting';
import { goBack } from './go-back';

/**
 * Brings a service to another number of containers while it serves: a pin leads to those that stay until the new ones
 * are ready, or until the surplus is drained and gone. The stack's lock is held, images are there.
 *
 * Never rejects for what can go wrong on a host; see `RolloutOutcome` for what is left in each case.
 */
export async function scaleService(
  context: RolloutContext,
  request: ScaleRequest,
  journal: RolloutJournal,
): Promise<RolloutOutcome> {
  return new Scaling(context, request, journal).run();
}

class Scaling {
  private readonly session: Session;
  private readonly steps: StepRunner<RolloutStep>;
  private state: RolloutState;
  private committed = false;

  constructor(
    private readonly context: RolloutContext,
    private readonly request: ScaleRequest,
    private readonly journal: RolloutJournal,
  ) {
    this.session = new Session(context, request);
    this.steps = stepsOf(context, request, journal);
    const { project, composeProject, service, replicas, drain: drainOptions, keep } = request;
    this.state = {
      project,
      composeProject,
      service,
      replicas,
      fileRoutes: null,
      drain: drainOptions,
      old: keep,
      startDeadlineMs: request.startDeadlineMs,
      direction: 'back',
      scale: { surplus: [] },
    };
  }

  async run(): Promise<RolloutOutcome> {
    try {
      await this.forward();
      return this.outcome('done', '');
    } catch (error) {
      return this.stopped(error);
    }
  }

  private async forward(): Promise<void> {
    const { session, request, steps } = this;
    const { docker } = session.context;
    const all = await session.containers();
    const leaving = all.filter(({ id }) => request.surplus.includes(id));
    const dead = leaving.filter(({ status }) => !['running', 'paused', 'restarting'].includes(status));
    const surplus = leaving.filter((container) => !dead.includes(container));
    const kept = all.filter(({ id }) => request.keep.includes(id));
    await this.save({ scale: { surplus: surplus.map(({ id }) => id) } });

    await steps.run('clear-leftovers', () =>
      dead.length === 0 ? Promise.resolve() : docker.remove(idsOf(dead), { force: true, keepVolumes: true }),
    );
    const missing = request.replicas - kept.filter(({ status }) => status === 'running').length;
    if (surplus.length > 0 || missing > 0) {
      const pin = await steps.run('pin-old', () => session.pinAsPublished('pin-old', kept));
      const serving = pin ? new AddressWatch(session, kept) : undefined;
      if (missing > 0) await this.grow(kept, surplus, serving);
      const removal = surplus.length > 0 ? await this.shrink(surplus, serving) : null;
      if (pin) await this.handBack();
      if (removal) await steps.run('remove-old', () => removal.done);
    }
    await this.journal.save(null);
  }

  private async grow(
    kept: ContainerFacts[],
    surplus: ContainerFacts[],
    serving: AddressWatch | undefined,
  ): Promise<void> {
    const { session, request, steps } = this;
    const running = kept.filter(({ status }) => status === 'running').map(({ id }) => id);
    const started = await steps.run('start-new', async () => {
      await session.retry(() => request.start(request.replicas + surplus.length));
      const known = new Set([...running, ...idsOf(surplus)]);
      const unknown = (await session.containers()).filter(({ id }) => !known.has(id));
      const wanted = request.replicas - running.length;
      if (unknown.length < wanted)
        throw new RolloutError(`Compose started ${unknown.length} of ${wanted} new containers`);
      return unknown;
    });
    await steps.run('wait-healthy', () =>
      awaitReady(session.context, started, {
        deadlineMs: () => request.startDeadlineMs,
        limits: session.limits,
        waiter: session.waiter('wait-healthy'),
        ...(serving && { serving }),
      }),
    );
    await steps.run('join-edges', () => session.retry(() => request.joinEdges(idsOf(started))));
  }

  /** @returns the removal, which need not be waited for before the pin goes */
  private async shrink(
    surplus: ContainerFacts[],
    serving: AddressWatch | undefined,
  ): Promise<{ done: Promise<void> }> {
    const { session, request, steps } = this;
    const { docker } = session.context;
    await steps.run('drain', () =>
      drain(
        session.context,
        surplus,
        endsOf(session.provided(surplus.map(regardlessOfHealth))),
        { ...request.drain, ...(serving && { between: () => serving.look() }) },
        session.waiter('drain'),
        (text) => session.note(text),
      ),
    );
    await steps.run('stop-old', async () => {
      this.committed = true;
      // From here a container may be half stopped: recovery finishes.
      await this.save({ direction: 'forward' });
      await request.preStop?.(idsOf(surplus));
      await docker.stop(idsOf(surplus), { graceSeconds: null });
    });
    return beginRemoval(docker, idsOf(surplus));
  }

  /** The labels serve what there is now, and the pin goes. */
  private async handBack(): Promise<void> {
    const { session, steps } = this;
    await steps.run('await-labels', async () => {
      const present = await session.containers();
      await session.awaitLabels('await-labels', present.filter(isServing));
    });
    await steps.run('unpin', async () => {
      this.committed = true;
      // Without the pin the new ones serve: they must not be taken away any more.
      await this.save({ direction: 'forward' });
      await session.unpin('unpin');
    });
  }

  private async stopped(error: unknown): Promise<RolloutOutcome> {
    const interrupted = error instanceof Interrupted;
    const result = interrupted ? 'interrupted' : 'failed';
    const reason = error instanceof Error ? error.message : String(error);
    const details = error instanceof RolloutError ? error.details : [];
    const { deadline = (ms: number) => AbortSignal.timeout(ms) } = this.context;
    const signal = interrupted ? deadline(this.session.limits.interruptTimeout) : this.context.signal;
    if (this.committed) {
      await interruptible(signal, this.steps.settled()).catch(() => undefined);
      const left = 'the containers that stay serve; the next deploy of this stack finishes';
      return this.outcome(result, reason, details, left);
    }
    const { old, drain: drainOptions, scale } = this.state;
    const left = await goBack({
      steps: this.steps,
      journal: this.journal,
      signal,
      note: () => this.save({ direction: 'back' }),
      undo: () =>
        undo(this.session.with(signal), {
          old: [...old, ...(scale?.surplus ?? [])],
          drain: drainOptions,
          switched: false,
          drained: true,
        }),
    });
    return this.outcome(result, reason, details, left);
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

/**
 * Settles a scaling that was killed: back to what there was, or, when some of the surplus may be stopped already, to
 * its end. The plan then starts from what it finds.
 */
export async function recoverScaling(session: Session, state: RolloutState): Promise<void> {
  const { docker } = session.context;
  const surplus = state.scale?.surplus ?? [];
  const all = await session.containers();
  const stays = all.some(({ id, status }) => state.old.includes(id) && status === 'running');
  if (state.direction === 'back' && stays) {
    await undo(session, {
      old: [...state.old, ...surplus],
      drain: state.drain,
      switched: false,
      drained: true,
    });
    return;
  }
  if (state.direction === 'forward') {
    const gone = all.filter(({ id }) => surplus.includes(id)).map(({ id }) => id);
    await docker.stop(gone, { graceSeconds: null });
    await docker.remove(gone, { force: true, keepVolumes: true });
  }
  if (!(await session.isPinned())) return;
  const present = await session.containers();
  await session.awaitLabels('await-labels', present.filter(isServing));
  await session.unpin('unpin');
}

function idsOf(containers: ContainerFacts[]): string[] {
  return containers.map(({ id }) => id);
}
