import { ofComposeProject } from '@itsup/docker';
import { createConnectionTable, RolloutError, type RolloutContext, type TasksOf } from '@itsup/rollout';

import { observeNow } from '../../engine/list-engine';
import { rolloutContext } from '../../execute/rollout-context';
import { proxyAccess } from '../../proxy/proxy-access';
import { PROXY_STACK, TRAEFIK } from '../../requests';
import { InterruptedError } from '../../run/failure/interrupted-error';
import type { Run } from '../../run/run';

/** How long a task that runs may take to answer at the port of its row. */
const ANSWER_MS = 10_000;

const POLL_MS = 500;

/** The running Traefik, and its connections, which are those of its own network namespace; null: none runs. */
export async function proxyOf(
  { context }: Run,
  stack: string,
): Promise<{ rollout: RolloutContext; container: string } | null> {
  const { docker, state, reporter } = context;
  const observed = await observeNow(docker);
  const access = await proxyAccess(state, observed, docker, (text) => reporter.line(stack, `note: ${text}`));
  if (access === null) return null;
  const [running] = await docker.listContainers({ labelFilters: ofComposeProject(PROXY_STACK, TRAEFIK) });
  const [details] = running === undefined ? [] : await docker.inspectContainers([running.id]);
  if (details === undefined || details.pid === 0) return null;
  const rollout = rolloutContext(context, access);
  return {
    rollout: { ...rollout, connections: createConnectionTable(`/proc/${details.pid}/net`) },
    container: details.id,
  };
}

/**
 * Waits until Traefik itself reaches every task at the ports of its rows.
 * @param meanwhile what is so while one of them does not answer, in words
 * @throws RolloutError
 */
export async function answering(
  { context }: Run,
  traefik: string,
  tasks: TasksOf,
  meanwhile: string,
): Promise<void> {
  const { docker, system, signal } = context;
  for (const [service, all] of tasks) {
    const ports = new Set(
      Object.entries(all[0]?.labels ?? {}).flatMap(([key, value]) =>
        /^traefik\.(http|tcp)\.services\.[^.]+\.loadbalancer\.server\.port$/i.test(key) ? [value] : [],
      ),
    );
    for (const { labels, addresses } of all) {
      const address = addresses[labels['traefik.docker.network'] ?? ''];
      if (address === undefined) continue;
      for (const port of ports) {
        const until = system.now() + ANSWER_MS;
        for (;;) {
          if (signal?.aborted === true) throw new InterruptedError(meanwhile);
          // It says nothing and waits to be told the same: a connection that lasts is one.
          const connect = ['timeout', '4', 'nc', '-w', '2', address, port];
          const { exitCode } = await docker.exec(traefik, connect, { timeoutSeconds: 30 });
          if (exitCode !== 1) break;
          if (system.now() > until)
            throw new RolloutError(
              `${service}: nothing answers at port ${port} of a new task, and ${meanwhile}: is it the port that it listens on, and not on 127.0.0.1 alone?`,
            );
          await system.sleep(POLL_MS);
        }
      }
    }
  }
}
