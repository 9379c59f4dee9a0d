import { DEFAULT_DRAIN, removePinsOf, RolloutError, settleBridge, type RolloutState } from '@itsup/rollout';

import type { Run } from '../../run/run';
import type { HeldStack } from '../../run/with-stack';
import { bridgeStackOf } from './bridged-services';
import { restoreLabels } from './labels';
import { servicesNow, tasksOf } from './tasks';
import { answering, proxyOf } from './traefik';

const POLL_MS = 500;

/** How long the engine may take to go back by itself. */
const GO_BACK_MS = 300_000;

/**
 * Ends what a killed deploy left of a bridge, once the services that it stood for serve by themselves. Where they do
 * not, it stays, and the deploy that follows replaces it.
 * @returns whether nothing is left of one
 */
export async function settleBridges(
  run: Run,
  stack: string,
  projectName: string,
  held: HeldStack,
): Promise<boolean> {
  const { docker, state } = run.context;
  const bridgeStack = bridgeStackOf(projectName);
  const left = await servicesNow(docker, bridgeStack);
  const unfinished = held.unfinished.map(({ service }) => service);
  const names = [...new Set([...left.keys(), ...unfinished])];
  if (names.length === 0) return true;
  const proxy = await proxyOf(run, stack);
  if (proxy === null) {
    await removePinsOf(state.dynamicDir, stack);
    await docker.swarm.removeStack(bridgeStack);
  } else {
    await settled(run, projectName, names);
    const restored = await restoreLabels(docker, projectName, names);
    const tasks = await tasksOf(docker, projectName, names);
    if (names.some((name) => (tasks.get(name) ?? []).length === 0)) return false;
    const fresh = new Map([...tasks].filter(([name]) => !restored.has(name)));
    try {
      await answering(run, proxy.container, fresh, 'those of the bridge serve');
    } catch (error) {
      if (error instanceof RolloutError) return false;
      throw error;
    }
    // At the ports that the services have now: what came from elsewhere is over by then.
    const ofBridge = await tasksOf(docker, bridgeStack, names, (name) => tasks.get(name)?.[0]?.labels ?? {});
    await held.journal.step('recover', () =>
      settleBridge(
        proxy.rollout,
        names.map((service) => ({
          ...{ project: stack, composeProject: projectName, service },
          drain: { hook: null, deadlineMs: DEFAULT_DRAIN.deadlineMs },
        })),
        { tasks, left: ofBridge },
        () => docker.swarm.removeStack(bridgeStack),
      ),
    );
  }
  await forgetBridge(held, names);
  held.unsettled = false;
  return true;
}

/** Waits until the engine is through with what it does to these services, be that its way back. */
export async function settled(
  { context }: Run,
  projectName: string,
  names: readonly string[],
): Promise<void> {
  const { docker, system } = context;
  const until = system.now() + GO_BACK_MS;
  for (;;) {
    const seen = await servicesNow(docker, projectName);
    const busy = names.some((name) =>
      ['updating', 'rollback_started'].includes(seen.get(name)?.service.update?.state ?? ''),
    );
    if (!busy) return;
    if (system.now() > until)
      throw new RolloutError(
        `the engine is still replacing tasks of ${names.join(', ')} after ${GO_BACK_MS / 1000} s`,
      );
    await system.sleep(POLL_MS);
  }
}

/** Writes down what the next command is to settle where this one is killed. */
export async function noteBridge(
  { journal }: HeldStack,
  subjects: readonly Pick<RolloutState, 'project' | 'composeProject' | 'service'>[],
): Promise<void> {
  for (const subject of subjects)
    await journal.forService(subject.service).save({
      ...{ ...subject, replicas: 1, old: [], direction: 'forward', fileRoutes: null },
      drain: { hook: null, deadlineMs: 0 },
    });
}

/** Nothing of these services is left to settle. */
export async function forgetBridge({ journal }: HeldStack, names: readonly string[]): Promise<void> {
  for (const service of names) await journal.forService(service).save(null);
}
