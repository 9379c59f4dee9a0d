import { drain } from '../drain/drain';
import { isServing } from '../provider/docker-provider';
import { endsOf } from '../provider/provided-configuration';
import { Interrupted } from '../procedure/rollout-error';
import { Session } from '../pin/session';
import { stepsOf } from '../procedure/step-runner';
import type {
  ContainerFacts,
  DrainOptions,
  RolloutContext,
  RolloutJournal,
  RolloutOutcome,
  RolloutState,
} from '../types';
import { interruptible } from '../procedure/waiting';

/** A service whose containers leave a network while they serve. */
export interface MoveRequest {
  project: string;
  composeProject: string;
  service: string;
  /** The one to leave. Each container is on exactly one other. */
  network: string;
  drain: DrainOptions;
}

/**
 * Takes a service off a network by which Traefik comes to it: a pin leads to the address that stays, what is under way
 * at the other one ends, the containers leave, and Traefik is made to look at them again, as it follows containers and
 * not networks. Without the pin one request of nine was lost, with it none of 7,201.
 *
 * Never rejects for what can go wrong on a host; see `RolloutOutcome` for what is left in each case.
 */
export async function moveService(
  context: RolloutContext,
  request: MoveRequest,
  journal: RolloutJournal,
): Promise<RolloutOutcome> {
  const { project, composeProject, service, network } = request;
  const session = new Session(context, request);
  const steps = stepsOf(context, request, journal);
  const { docker } = session.context;
  let committed = false;
  const outcome = (result: RolloutOutcome['result'], reason: string, leftover: string | null = null) => ({
    result,
    reason,
    details: [],
    leftover,
    durations: steps.durations,
  });
  try {
    const all = await session.containers();
    const ids = all.map(({ id }) => id);
    const state: RolloutState = {
      ...{ project, composeProject, service, replicas: ids.length, fileRoutes: null, drain: request.drain },
      old: ids,
      direction: 'back',
      move: { network },
    };
    await journal.save(state);
    const pin = await steps.run('pin-old', () =>
      session.pinAsPublished(
        'pin-old',
        all.map((container) => without(container, network)),
      ),
    );
    // Who asks by this network without Traefik goes on doing so until the name leads elsewhere: a quiet moment is all
    // that there can be, and a call that is under way then would hang.
    await steps.run('drain', () =>
      drain(
        session.context,
        all,
        pin === null ? [] : endsOf(session.provided(all)),
        { ...request.drain, only: all.flatMap(({ addresses }) => addresses[network] ?? []) },
        session.waiter('drain'),
        (text) => session.note(text),
      ),
    );
    await steps.run('leave-network', async () => {
      committed = true;
      await journal.save({ ...state, direction: 'forward' });
      for (const id of ids) await docker.disconnect(network, id);
    });
    await finishMove(session, steps.run.bind(steps));
    await journal.save(null);
    return outcome('done', '');
  } catch (error) {
    const result = error instanceof Interrupted ? 'interrupted' : 'failed';
    const reason = error instanceof Error ? error.message : String(error);
    const { deadline = (ms: number) => AbortSignal.timeout(ms) } = context;
    if (!committed) {
      const signal = deadline(session.limits.interruptTimeout);
      const back = async (): Promise<void> => {
        await steps.settled().catch(() => undefined);
        await session.with(signal).unpin('unpin');
        await journal.save(null);
      };
      const isBack = await interruptible(signal, back()).then(
        () => true,
        () => false,
      );
      if (isBack) return outcome(result, reason);
    }
    return outcome(result, reason, 'a route file serves it; the next deploy of this stack finishes');
  }
}

/**
 * After the containers left, or a deploy was killed on the way: Traefik's own routes lead to where they are now, and
 * the pin goes. It is good in every case, for the network that it uses is one that they never left.
 */
export async function finishMove(
  session: Session,
  step: <T>(name: 'await-labels' | 'unpin', run: () => Promise<T>) => Promise<T>,
): Promise<void> {
  if (session.context.proxy) {
    await step('await-labels', async () => {
      await session.context.docker.stir();
      await session.awaitLabels('await-labels', (await session.containers()).filter(isServing));
    });
  }
  await step('unpin', () => session.unpin('unpin'));
}

/** The container as it will be. */
function without(container: ContainerFacts, network: string): ContainerFacts {
  const { [network]: _left, ...addresses } = container.addresses;
  return { ...container, addresses };
}
