import { drain } from '../drain/drain';
import { Session, type SessionSubject } from '../pin/session';
import { endsOf } from '../provider/provided-configuration';
import { Interrupted } from '../procedure/rollout-error';
import type {
  ContainerFacts,
  DrainOptions,
  DynamicConfiguration,
  RolloutContext,
  RolloutStep,
} from '../types';

/** One service that others replace, a swarm's engine for instance, while a bridge serves in its place. */
export interface BridgedService extends SessionSubject {
  /** Static routes that lead to it, as they are to be afterwards; null: there are none. */
  fileRoutes: DynamicConfiguration | null;
  drain: DrainOptions;
}

/** What takes part in a bridge, service by service. A task is told of as the container that it is. */
export type TasksOf = ReadonlyMap<string, ContainerFacts[]>;

/** What a bridge asks of whoever runs the services. Every act can be repeated. */
export interface BridgeActs {
  /** Starts the new definitions beside the old ones; resolves when all of them answer, with their new labels. */
  start(): Promise<TasksOf>;
  /**
   * Gives the services their new labels, and no new task. Resolves with the tasks that run: as they served, and with
   * the new labels.
   */
  relabel(): Promise<{ served: TasksOf; relabelled: TasksOf }>;
  /** Replaces the services' tasks; resolves when they are well, with their new labels. */
  update(): Promise<TasksOf>;
  /** Puts labels and definitions back, where that is still to do; resolves with the tasks that run then. */
  goBack(): Promise<TasksOf>;
  /** Publishes the static routes of all of them. */
  publishRoutes(): Promise<void>;
  /** Removes what `start` started. */
  remove(): Promise<void>;
  /** Runs one step of the journal. */
  step<T>(name: RolloutStep, act: () => Promise<T>): Promise<T>;
}

/**
 * Replaces services without anybody's noticing who replaces them: everything arrives at a bridge of the new definition
 * before the first old task goes, and leaves it when the last new one has been acknowledged by every Traefik.
 *
 * Labels go before the tasks, and alone: on a swarm they are the service's, so that one update of both would lead
 * requests to old tasks by new labels. While they change, nothing is led by them.
 *
 * A failure before anything is led to the bridge removes it, and the old ones never stopped serving. After that the
 * services go back first, while the bridge serves on.
 *
 * @throws whatever failed; where the way back failed too, the bridge serves, and the next deploy settles it
 */
export async function bridge(
  context: RolloutContext,
  services: readonly BridgedService[],
  acts: BridgeActs,
): Promise<void> {
  const sessions = services.map((one) => ({ one, session: new Session(context, one) }));
  const each = async (act: (session: Session, one: BridgedService) => Promise<unknown>): Promise<void> => {
    for (const { one, session } of sessions) await act(session, one);
  };
  const note = (what: string, why: unknown): void =>
    sessions[0]?.session.note(`${what}: ${why instanceof Error ? why.message : String(why)}`);
  const emptied = (tasks: TasksOf): Promise<void> =>
    each((session, { service, drain: options }) => empty(session, tasks.get(service) ?? [], options));
  const letGo = async (fresh: TasksOf): Promise<void> => {
    await acts.step('unpin', () => each((session) => session.unpin('unpin')));
    await acts.step('remove-old', async () => {
      await emptied(fresh);
      await acts.remove();
    });
  };

  const fresh = await acts
    .step('start-new', () => acts.start())
    .catch(async (error: unknown) => {
      await acts
        .remove()
        .catch((also: unknown) => note('what was started beside it could not be removed', also));
      throw error;
    });
  try {
    const old = await acts.step('switch', async () => {
      await each((session, { service, fileRoutes }) =>
        session.pinAhead('switch', fresh.get(service) ?? [], fileRoutes),
      );
      const { served, relabelled } = await acts.relabel();
      // Nothing is led by the old labels any more: what they alone took, the new ones do not take.
      await each((session, { service }) => session.awaitLabels('switch', relabelled.get(service) ?? []));
      return served;
    });
    await acts.step('drain', () => emptied(old));
    const updated = await acts.step('stop-old', () => acts.update());
    await acts.step('publish-routes', () => acts.publishRoutes());
    await acts.step('await-labels', () =>
      each((session, { service }) => session.awaitLabels('await-labels', updated.get(service) ?? [])),
    );
  } catch (error) {
    // Whoever interrupts does not wait for a way back: the bridge serves, and the next deploy settles it.
    if (error instanceof Interrupted || context.signal.aborted) throw error;
    try {
      const old = await acts.goBack();
      await each((session, { service }) => session.awaitLabels('await-labels', old.get(service) ?? []));
      await letGo(fresh);
    } catch (again) {
      // What is to be done now follows from this one.
      note('it was not replaced', error);
      throw again;
    }
    throw error;
  }
  await letGo(fresh);
}

/**
 * Ends what a killed deploy left of a bridge: the services serve by themselves, and then it goes.
 *
 * @param tasks those that run, with the labels that are live: some of each service, for nobody else would serve
 * @param left what of the bridge runs
 */
export async function settleBridge(
  context: RolloutContext,
  services: readonly Pick<BridgedService, keyof SessionSubject | 'drain'>[],
  { tasks, left }: { tasks: TasksOf; left: TasksOf },
  remove: () => Promise<void>,
): Promise<void> {
  for (const one of services) {
    const session = new Session(context, one);
    await session.awaitLabels('await-labels', tasks.get(one.service) ?? []);
    await session.unpin('unpin');
    await empty(session, left.get(one.service) ?? [], one.drain);
  }
  await remove();
}

/** Waits until nothing is under way at tasks that get nothing new. */
async function empty(session: Session, tasks: ContainerFacts[], options: DrainOptions): Promise<void> {
  const ends = endsOf(session.provided(tasks));
  await drain(session.context, tasks, ends, options, session.waiter('drain'), (text) => session.note(text));
}
