import { failure } from './await-ready';
import { isStarting, readinessOf, startBudget } from './readiness';
import { isServing, regardlessOfHealth } from '../provider/docker-provider';
import { endsOf } from '../provider/provided-configuration';
import { RolloutError } from '../procedure/rollout-error';
import type { Session } from '../pin/session';
import type { ContainerFacts } from '../types';
import { waitFor } from '../procedure/waiting';

/** One restart may be the operator's or the engine's; two since the switch are the container's own. */
const crashes = 2;

/**
 * Looks after the new containers from the switch on, while the old ones are still there: a version may pass its health
 * check and fall over at its first request.
 */
export class FreshWatch {
  private readonly restarts: ReadonlyMap<string, number>;
  /** Start of those that the engine has not called healthy yet, by id: their check succeeded when it was tried. */
  private readonly early: ReadonlyMap<string, number>;
  private known: string;

  /** @param pin leads the traffic to these of them */
  constructor(
    private readonly session: Session,
    private readonly fresh: ContainerFacts[],
    private readonly pin: (serving: ContainerFacts[]) => Promise<unknown>,
  ) {
    this.restarts = new Map(fresh.map(({ id, restartCount }) => [id, restartCount]));
    this.early = new Map(fresh.filter(isStarting).map(({ id, startedAt }) => [id, startedAt]));
    this.known = this.endsOf(this.serving(fresh));
  }

  /**
   * The pin goes along with an address that changed.
   *
   * @returns the containers as they are
   * @throws RolloutError when they are not fit to serve
   */
  async look(): Promise<ContainerFacts[]> {
    const { context } = this.session;
    const now = await context.docker.inspect(this.fresh.map(({ id }) => id));
    if (now.length < this.fresh.length) {
      throw new RolloutError(`${this.fresh.length - now.length} of the new containers disappeared`);
    }
    for (const container of now) {
      const verdict = readinessOf(container);
      if (verdict.state === 'failed') throw await failure(context, container, underTraffic(verdict.why));
      const count = container.restartCount - (this.restarts.get(container.id) ?? 0);
      if (count >= crashes)
        throw await failure(
          context,
          container,
          underTraffic(`${container.name} restarted ${count} times since`),
        );
    }
    const serving = this.serving(now);
    const [first] = now;
    if (serving.length === 0 && first)
      throw await failure(context, first, underTraffic(`${first.name} does not serve any more`));
    const ends = this.endsOf(serving);
    if (ends !== this.known) {
      this.known = ends;
      await this.pin(serving);
    }
    return now;
  }

  /**
   * Right before the old ones go: all of the new are ready.
   *
   * @returns their facts
   */
  settled(): Promise<ContainerFacts[]> {
    const { session } = this;
    let why = '';
    return waitFor(
      session.waiter('drain'),
      {
        what: 'the new containers to be ready again',
        limitMs: startBudget(this.fresh, session.limits),
        intervalMs: session.limits.healthInterval,
      },
      async () => {
        const now = await this.look();
        const waiting = now.find((container) => !this.serves(container));
        why = waiting ? `${waiting.name} is not` : '';
        return waiting ? null : now;
      },
      () => why,
    );
  }

  private serves(container: ContainerFacts): boolean {
    return (
      isServing(container) || (isStarting(container) && this.early.get(container.id) === container.startedAt)
    );
  }

  /** Those that traffic may be led to, as such. */
  private serving(containers: ContainerFacts[]): ContainerFacts[] {
    return containers.filter((container) => this.serves(container)).map(regardlessOfHealth);
  }

  private endsOf(containers: ContainerFacts[]): string {
    return JSON.stringify(endsOf(this.session.provided(containers)));
  }
}

function underTraffic(why: string): string {
  return `after the switch to the new containers: ${why}`;
}
