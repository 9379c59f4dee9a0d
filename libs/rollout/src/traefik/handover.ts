import { apiAddressOf, entryPointsOf, internalEntryPoint, treeOfText, type Tree } from '@itsup/traefik';
import type { PacketFilter } from '@itsup/docker';

import { handoverMode, lossNote } from './redirect/mode';
import type { Stored } from './temporary/demanded-names';
import { awaitServing, type AwaitServingOptions } from './temporary/ready';
import { readHandover, saveHandover } from './state';
import { awaitFinal } from './await-final';
import { drainLimit, drainPorts, type PortDrain } from './redirect/drain-ports';
import { proveRedirect, reachedBefore, type ReachedBefore } from './redirect/prove-redirect';
import { tryNext } from './temporary/trial';
import {
  defaultHandoverLimits,
  type HandoverContext,
  type HandoverJournal,
  type HandoverLimits,
  type HandoverMode,
  type HandoverOutcome,
  type HandoverRequest,
  type HandoverStep,
  type HandoverState,
  type Shadow,
} from './types';
import { Redirect, removeRedirect } from './redirect/redirect';
import { Interrupted, RolloutError } from '../procedure/rollout-error';
import { StepRunner } from '../procedure/step-runner';
import {
  drainedGraceSeconds,
  removeTemporary,
  startTemporary,
  temporaryDrain,
} from './temporary/temporary-instance';
import { interruptible, type Waiter } from '../procedure/waiting';

/**
 * Replaces the running Traefik by one with another static configuration or image, while it serves. What an earlier
 * hand-over left has to be settled before (`recoverHandover`).
 *
 * Never rejects for what can go wrong on a host; see `HandoverOutcome` for what is left in each case.
 */
export async function handOver(
  context: HandoverContext,
  request: HandoverRequest,
  journal: HandoverJournal,
): Promise<HandoverOutcome> {
  return new Handover(context, request, journal).run();
}

const temporaryServes = 'a temporary Traefik serves; the next deploy of the proxy finishes';
const nothingStored: Stored = { certificates: [], resolvers: null };
const noneBeside = 'the old Traefik is gone, and none serves beside the new one';

class Handover {
  private readonly limits: HandoverLimits;
  private readonly steps: StepRunner<HandoverStep>;
  private readonly current: Tree;
  private readonly next: Tree;
  private state: HandoverState | null = null;
  private filter: PacketFilter | null = null;
  /** Packets may have gone to the temporary instance. */
  private redirected = false;
  /** The old instance is being stopped, or was: there is no way back. */
  private replacing = false;

  constructor(
    private readonly context: HandoverContext,
    private readonly request: HandoverRequest,
    journal: HandoverJournal,
  ) {
    this.limits = { ...defaultHandoverLimits, ...context.limits };
    this.current = treeOfText(request.current);
    this.next = treeOfText(request.next);
    this.steps = new StepRunner({
      clock: context.clock,
      signal: context.signal,
      journal,
      onStep: (step) => context.report({ type: 'step', step }),
    });
  }

  async run(): Promise<HandoverOutcome> {
    try {
      await this.forward();
      return this.outcome('done', '');
    } catch (error) {
      return this.stopped(error);
    }
  }

  private async forward(): Promise<void> {
    const { context, request, steps } = this;
    const found = await context.docker.packetFilter(
      request.helperImage === undefined ? {} : { helperImage: request.helperImage },
    );
    this.filter = found.available ? found.filter : null;
    const mode = handoverMode(this.filter !== null, this.current, this.next, request.changesUser);
    if (!found.available) context.report({ type: 'note', text: lossNote(mode, found.reason) });

    await steps.run('trial', () =>
      tryNext(
        context,
        request,
        { current: this.current, next: this.next },
        this.waiter('trial'),
        this.limits,
      ),
    );
    if (mode !== 'restart') await this.throughTemporary(mode, this.filter);
    else {
      await steps.run('replace', () => this.replace());
      await steps.run('await-final', () =>
        this.awaitServing('await-final', apiAddressOf(this.next), null, nothingStored),
      );
    }
  }

  private async throughTemporary(mode: HandoverMode, filter: PacketFilter | null): Promise<void> {
    const { context, request, steps, limits } = this;
    const old = apiAddressOf(this.current);
    const { id, state, certificates } = await steps.run('start-temporary', () =>
      startTemporary(context, request, { current: this.current, next: this.next }, mode),
    );
    this.state = state;
    const temporary = state.api;
    const onlyContainers = request.readsOtherFiles ?? false;
    const given = { certificates, resolvers: null };
    await steps.run('await-temporary', () =>
      this.awaitServing('await-temporary', temporary, old, given, { container: id, onlyContainers }),
    );
    if (filter) await this.redirect(filter);
    await steps.run('replace', () => this.replace());
    await steps.run('await-final', async () => {
      await awaitFinal(context, this.waiter('await-final'), {
        next: this.next,
        temporary,
        stored: await request.stored(),
        known: certificates,
        limits,
      });
      if (this.state) await this.save({ ...this.state, phase: 'replaced' });
    });
    if (filter) {
      await steps.run('restore', () => removeRedirect(filter));
      await steps.run('drain-temporary', () =>
        this.drain('drain-temporary', this.shadowPorts, temporaryDrain(limits)),
      );
    }
    await steps.run('remove-temporary', () => this.removeTemporary(filter ? drainedGraceSeconds : 10));
  }

  private async redirect(filter: PacketFilter): Promise<void> {
    const { context, request, steps, limits } = this;
    const redirect = new Redirect(filter, this.shadows, (text) => context.report({ type: 'note', text }));
    const { image } = request.container;
    let before: ReachedBefore = { loopbacks: [], reachable: [], hidden: [] };
    await steps.run('redirect', async () => {
      before = await reachedBefore(context, this.shadows, this.current, image, filter.families);
      if (before.hidden.length > 0) {
        context.report({
          type: 'note',
          text: `containers cannot reach port ${before.hidden.join(', ')} of this host, so whether the firewall lets the redirect pass is not known`,
        });
      }
      this.redirected = true;
      await redirect.insert();
    });
    await steps.run('probe', () => proveRedirect(context, before, image));
    await steps.run('drain-old', () =>
      this.drain(
        'drain-old',
        entryPointsOf(this.current)
          .filter(({ name }) => name !== internalEntryPoint)
          .map(({ port }) => port),
        { limitMs: limits.drain ?? drainLimit(this.current) },
      ),
    );
    await steps.run('hold', () => redirect.hold());
  }

  private async replace(): Promise<void> {
    this.replacing = true;
    if (this.state) await this.save({ ...this.state, phase: 'replacing' });
    await this.request.publish();
    await this.request.replace(this.redirected ? drainedGraceSeconds : undefined);
  }

  private async save(state: HandoverState): Promise<void> {
    this.state = state;
    await saveHandover(this.request.folder, state);
  }

  private get shadows(): Shadow[] {
    return this.state?.shadows ?? [];
  }

  private get shadowPorts(): number[] {
    return this.shadows.map(({ shadowPort }) => shadowPort);
  }

  private async drain(
    step: HandoverStep,
    ports: number[],
    limits: Pick<PortDrain, 'limitMs' | 'lingerMs'>,
  ): Promise<void> {
    const what = 'connections to leave the instance that goes';
    const options = { what, intervalMs: 250, ...limits };
    const open = await drainPorts(this.context, ports, this.waiter(step), options);
    if (open > 0)
      this.context.report({
        type: 'note',
        text: `${open} connection${open === 1 ? ' is' : 's are'} still open and will be cut`,
      });
  }

  /** Waits until the instance at `address` shows all that the one at `model` serves; null: until it answers. */
  private awaitServing(
    step: HandoverStep,
    address: string,
    model: string | null,
    stored: Stored,
    more: Pick<AwaitServingOptions, 'container' | 'onlyContainers'> = {},
  ): Promise<void> {
    const { readyTimeout: limitMs, interval: intervalMs } = this.limits;
    const options = { address, model, stored, limitMs, intervalMs, ...more };
    return awaitServing(this.context, this.waiter(step), options);
  }

  private removeTemporary(graceSeconds: number): Promise<void> {
    return removeTemporary(this.context, this.request, this.filter, graceSeconds);
  }

  private async stopped(error: unknown): Promise<HandoverOutcome> {
    const interrupted = error instanceof Interrupted;
    const result = interrupted ? 'interrupted' : 'failed';
    const reason = error instanceof Error ? error.message : String(error);
    const details = error instanceof RolloutError ? error.details : [];
    const { deadline = (ms: number) => AbortSignal.timeout(ms) } = this.context;
    const signal = deadline(interrupted ? this.limits.interruptTimeout : 60_000);
    if (this.replacing) {
      await interruptible(signal, this.steps.settled()).catch(() => undefined);
      const left = (await readHandover(this.request.folder)) !== null ? temporaryServes : noneBeside;
      return this.outcome(result, reason, details, left);
    }
    try {
      await this.goBack(signal, interrupted);
      return this.outcome(result, reason, details);
    } catch {
      return this.outcome(
        result,
        reason,
        details,
        'a temporary Traefik; the next deploy of the proxy removes it',
      );
    }
  }

  /**
   * New connections go to the old instance again; what the temporary one has may end, in a moment where someone
   * interrupted.
   */
  private async goBack(signal: AbortSignal, interrupted: boolean): Promise<void> {
    const { limits, filter } = this;
    await interruptible(signal, this.steps.settled());
    if (filter) await interruptible(signal, removeRedirect(filter));
    if (filter && this.redirected) {
      const drain = interrupted
        ? { limitMs: Math.min(1_000, limits.interruptTimeout / 2) }
        : temporaryDrain(limits);
      const waiter = { ...this.waiter('remove-temporary'), signal };
      await drainPorts(this.context, this.shadowPorts, waiter, {
        what: 'connections',
        intervalMs: 100,
        ...drain,
      });
    }
    await interruptible(signal, this.removeTemporary(1));
  }

  private waiter(step: HandoverStep): Waiter {
    return {
      clock: this.context.clock,
      signal: this.context.signal,
      onWaiting: (wait) => this.context.report({ type: 'waiting', step, ...wait }),
    };
  }

  private outcome(
    result: HandoverOutcome['result'],
    reason: string,
    details: string[] = [],
    leftover: string | null = null,
  ): HandoverOutcome {
    return { result, reason, details, leftover, durations: this.steps.durations };
  }
}
