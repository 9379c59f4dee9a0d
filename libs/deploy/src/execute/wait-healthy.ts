import type { Problem } from '@itsup/config';
import type { ContainerDetails, Docker } from '@itsup/docker';

import type { DeployContext } from '../context';
import { healthBudgetMs, judge, type Verdict } from './judge';

/** Containers that did not come up: what is wrong with the first of them, and what it said. */
export class NotHealthyError extends Error {
  override readonly name = 'NotHealthyError';

  constructor(
    readonly problem: Problem,
    /** Health log and last lines of the container. */
    readonly details: string[],
  ) {
    super(problem.message);
  }
}

export interface WaitRequest {
  stack: string;
  /** Containers to wait for, with whether an exit with 0 is success. */
  containers: { id: string; service: string; mayFinish: boolean }[];
  stabilityMs?: number;
}

const LOG_LINES = 20;
const STABILITY_MS = 1000;
const STATUS_MS = 1000;
const INTERVAL_MS = 250;

/**
 * Waits until every container is ready, and fails as soon as one cannot become it: it exited, keeps restarting, is
 * unhealthy, or its health check's own budget passed.
 * @throws NotHealthyError
 */
export async function waitHealthy(context: DeployContext, request: WaitRequest): Promise<void> {
  const { docker, system, signal } = context;
  if (request.containers.length === 0) return;
  const wanted = new Map(request.containers.map((container) => [container.id, container]));
  const began = system.now();
  let told = began;
  let intervalMs = INTERVAL_MS;
  for await (const snapshot of docker.watch([...wanted.keys()], {
    intervalMs: () => intervalMs,
    ...(signal && { signal }),
  })) {
    signal?.throwIfAborted();
    const now = system.now();
    const byId = new Map(snapshot.map((details) => [details.id, details]));
    let waitingFor: string | null = null;
    intervalMs = INTERVAL_MS;
    for (const [id, { service, mayFinish }] of wanted) {
      const details = byId.get(id);
      if (details === undefined) throw gone(request.stack, service);
      const verdict = withBudget(
        judge(details, {
          now,
          mayFinish,
          stabilityMs: request.stabilityMs ?? STABILITY_MS,
        }),
        details,
        now - began,
      );
      if (verdict.state === 'failed')
        throw await notHealthy(docker, request.stack, service, details, verdict.reason);
      if (verdict.state !== 'waiting') continue;
      waitingFor ??= `${service} ${verdict.what} (${limit(details)})`;
      intervalMs = Math.min(intervalMs, verdict.dueMs ?? INTERVAL_MS);
    }
    if (waitingFor === null) return;
    if (now - told >= STATUS_MS) {
      told = now;
      context.reporter.status?.(request.stack, `waits for ${waitingFor}`);
    }
  }
  signal?.throwIfAborted();
}

function withBudget(verdict: Verdict, details: ContainerDetails, elapsed: number): Verdict {
  const budget = healthBudgetMs(details.healthcheck);
  if (verdict.state !== 'waiting' || elapsed <= budget) return verdict;
  return { state: 'failed', reason: `was not healthy within ${Math.round(budget / 1000)} s` };
}

function limit(details: ContainerDetails): string {
  return `at most ${Math.round(healthBudgetMs(details.healthcheck) / 1000)} s`;
}

/** The error for a container that did not come up, with what it printed. */
export async function notHealthy(
  docker: Docker,
  stack: string,
  service: string,
  details: ContainerDetails,
  reason: string,
): Promise<NotHealthyError> {
  const logs = await docker.logs(details.id, { tail: LOG_LINES }).catch(() => '');
  const probes = (details.health?.log ?? []).slice(-3);
  return new NotHealthyError(
    {
      code: 'not-healthy',
      severity: 'error',
      project: stack,
      message: `${stack}: container ${details.name} of ${service} ${reason}`,
      help: `its last lines are above; see all of them with: docker logs ${details.name}`,
    },
    [
      ...probes.map(
        (probe) => `health check, exit ${probe.exitCode}: ${probe.output.trim().split('\n').at(-1) ?? ''}`,
      ),
      ...logs
        .trimEnd()
        .split('\n')
        .filter((line) => line !== ''),
    ],
  );
}

function gone(stack: string, service: string): NotHealthyError {
  return new NotHealthyError(
    {
      code: 'container-gone',
      severity: 'error',
      project: stack,
      message: `${stack}: a container of ${service} was removed by someone else while deploy waited for it`,
      help: `deploy again: nx deploy ${stack}`,
    },
    [],
  );
}
