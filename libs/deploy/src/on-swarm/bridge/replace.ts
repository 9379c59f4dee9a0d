import { bridge, DEFAULT_DRAIN, RolloutError } from '@itsup/rollout';

import type { LoadedStack } from '../../desired/loaded-stack';
import { NotHealthyError } from '../../run/failure/not-healthy-error';
import type { Run } from '../../run/run';
import type { HeldStack } from '../../run/with-stack';
import type { ObservedService } from '../../swarm/plan-swarm';
import type { StackFile } from '../../swarm/stack-file';
import { waitForServices, type Waiting } from '../wait-for-services';
import { bridgeFileOf } from './bridge-file';
import { bridgeStackOf } from './bridged-services';
import { literal, relabelled, restoreLabels } from './labels';
import { forgetBridge, noteBridge, settled } from './settle';
import { servicesNow, tasksOf } from './tasks';
import { answering, proxyOf } from './traefik';

/** What a bridge of a stack is made from. */
export interface BridgeRequest {
  run: Run;
  loaded: LoadedStack;
  file: StackFile;
  held: HeldStack;
  /** Services as they are before. */
  observed: ReadonlyMap<string, ObservedService>;
  /** What waiting for services of this stack, or of its bridge, takes. */
  waitingFor(names: readonly string[], projectName: string): Waiting;
  /** Brings the swarm to the file, and waits until all that changed is well. */
  update(): Promise<void>;
  publishRoutes(): Promise<void>;
}

/**
 * Replaces services behind a bridge.
 * @returns false: no Traefik runs, so nobody is led to them, and the engine alone replaces them
 */
export async function replaceBehindBridge(
  request: BridgeRequest,
  names: readonly string[],
): Promise<boolean> {
  const { run, loaded, file, held, observed } = request;
  const { docker } = run.context;
  const { stack, projectName } = loaded.spec;
  const proxy = await proxyOf(run, stack);
  if (proxy === null) return false;
  const bridgeStack = bridgeStackOf(projectName);
  const wanted = new Map(names.map((name) => [name, literal(file.services[name]?.deploy.labels ?? {})]));
  const wantedOf = (name: string): Record<string, string> => wanted.get(name) ?? {};
  const before = (name: string): Record<string, string> => observed.get(name)?.service.labels ?? {};
  const subjects = names.map((service) => ({ project: stack, composeProject: projectName, service }));
  await noteBridge(held, subjects);
  try {
    await bridge(
      proxy.rollout,
      subjects.map((subject) => ({
        ...subject,
        fileRoutes: run.publisher.routesOf(stack, subject.service),
        drain: {
          hook: null,
          deadlineMs: loaded.options.get(subject.service)?.drain.deadlineMs ?? DEFAULT_DRAIN.deadlineMs,
        },
      })),
      {
        step: (name, act) => held.journal.step(name, act),
        start: async () => {
          await docker.swarm.deployStack(bridgeStack, JSON.stringify(bridgeFileOf(file, names)), {
            prune: true,
          });
          await waitForServices(run.context, request.waitingFor(names, bridgeStack));
          const tasks = await tasksOf(docker, bridgeStack, names, wantedOf);
          await answering(run, proxy.container, tasks, 'nothing was replaced');
          return tasks;
        },
        relabel: async () => {
          for (const [name, { service }] of await servicesNow(docker, projectName)) {
            if (names.includes(name))
              await docker.swarm.setServiceLabels(service.id, relabelled(service.labels, wantedOf(name)));
          }
          return {
            served: await tasksOf(docker, projectName, names, before),
            relabelled: await tasksOf(docker, projectName, names, wantedOf),
          };
        },
        update: async () => {
          await request.update();
          const tasks = await tasksOf(docker, projectName, names, wantedOf);
          await answering(run, proxy.container, tasks, 'those of the bridge serve');
          return tasks;
        },
        goBack: async () => {
          await settled(run, projectName, names);
          const restored = await restoreLabels(docker, projectName, names);
          const tasks = await tasksOf(docker, projectName, names);
          // Those whose update was through are new. The others served before.
          const fresh = new Map([...tasks].filter(([name]) => !restored.has(name)));
          await answering(run, proxy.container, fresh, 'those of the bridge serve');
          return tasks;
        },
        publishRoutes: () => request.publishRoutes(),
        remove: () => docker.swarm.removeStack(bridgeStack),
      },
    );
  } catch (error) {
    // What is still on its way serves through the bridge: the journal stays, and the next deploy settles it.
    if ((await servicesNow(docker, bridgeStack)).size === 0) await forgetBridge(held, names);
    throw error instanceof RolloutError ? failed(stack, names, error) : error;
  }
  await forgetBridge(held, names);
  return true;
}

function failed(
  stack: string,
  names: readonly string[],
  { message, details }: RolloutError,
): NotHealthyError {
  return new NotHealthyError(
    {
      code: 'rollout-failed',
      severity: 'error',
      project: stack,
      message: `${stack}: ${names.join(', ')} could not be replaced: ${message}`,
      help: `what serves: itsup status ${stack}; correct it and deploy again`,
    },
    details,
  );
}
