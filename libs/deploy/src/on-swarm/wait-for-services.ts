import { type Problem } from '@itsup/config';
import type { SwarmTask } from '@itsup/docker';

import type { DeployContext } from '../context';
import { InterruptedError } from '../run/failure/interrupted-error';
import { NotHealthyError } from '../run/failure/not-healthy-error';
import { judgeService } from '../swarm/judge-service';
import { servicesOf } from './swarm-facts';

export interface Waiting {
  stack: string;
  projectName: string;
  /** Services by name, each with when the update before this deploy began; null: none was. */
  services: ReadonlyMap<string, { earlierUpdate: string | null; hasHealthcheck: boolean; budgetMs: number }>;
}

const POLL_MS = 500;
/** Without a health check a task that just runs may end in a moment. */
const STABLE_MS = 2000;
/** A node that fetches an image says no more than that it prepares. */
const PREPARING_MS = 600_000;
const LOG_LINES = 20;

/**
 * Waits until the services have come to their definitions.
 * @throws NotHealthyError with the task's reason and its last lines, InterruptedError
 */
export async function waitForServices(context: DeployContext, waiting: Waiting): Promise<void> {
  const { docker, system, reporter, signal } = context;
  const { stack, projectName } = waiting;
  const wellSince = new Map<string, number>();
  let progress = { seen: '', at: system.now() };
  for (;;) {
    if (signal?.aborted === true) {
      throw new InterruptedError('the swarm goes on with what it began: itsup status');
    }
    const [services, tasks] = await Promise.all([docker.swarm.listServices(), docker.swarm.listTasks()]);
    const observed = servicesOf({ services, tasks }, projectName);
    const now = system.now();
    const open: string[] = [];
    let isPreparing = false;
    const seen: string[] = [];
    for (const [name, { earlierUpdate, hasHealthcheck }] of waiting.services) {
      const one = observed.get(name);
      if (one === undefined) throw notHealthy(stack, name, 'it is gone from the swarm', []);
      const verdict = judgeService(one.service, one.tasks, { earlierUpdate, now });
      isPreparing ||= one.tasks.some(({ state }) => state === 'preparing');
      seen.push(...one.tasks.map(({ id, state }) => `${id} ${state}`));
      if (verdict.is === 'failed') {
        throw notHealthy(stack, name, verdict.reason, await lastWords(context, verdict.tasks));
      }
      if (verdict.is === 'waiting') {
        wellSince.delete(name);
        open.push(name);
        reporter.status?.(stack, `waits for ${name}`, verdict.why);
        continue;
      }
      const since = wellSince.get(name) ?? now;
      wellSince.set(name, since);
      if (!hasHealthcheck && now - since < STABLE_MS) open.push(name);
    }
    if (open.length === 0) return;
    const all = seen.sort().join();
    if (all !== progress.seen) progress = { seen: all, at: now };
    const budgets = open.map((name) => waiting.services.get(name)?.budgetMs ?? 0);
    const budgetMs = isPreparing ? PREPARING_MS : Math.max(...budgets);
    const [first = ''] = open;
    if (now - progress.at > budgetMs) {
      const own = observed.get(first)?.tasks.filter(({ state }) => state !== 'shutdown') ?? [];
      const reason = `nothing of it changed for ${Math.round(budgetMs / 1000)} s`;
      throw notHealthy(stack, first, reason, await lastWords(context, own));
    }
    // An interrupt is looked at above.
    await system.sleep(POLL_MS, signal).catch(() => undefined);
  }
}

/** Of the newest task that has a container; the engine forgets those that ended one by one. */
async function lastWords({ docker }: DeployContext, [task]: readonly SwarmTask[]): Promise<string[]> {
  if (task === undefined) return [];
  const text = await docker.swarm.logs(task.id, { tail: LOG_LINES }).catch(() => '');
  return text.split('\n').filter((line) => line.trim() !== '');
}

function notHealthy(stack: string, service: string, reason: string, details: string[]): NotHealthyError {
  const problem: Problem = {
    code: 'not-healthy',
    severity: 'error',
    project: stack,
    message: `${stack}: service ${service} did not come up: ${reason}`,
    help: `look at it: itsup status ${stack}; itsup logs ${stack}; correct it and deploy again`,
  };
  return new NotHealthyError(problem, details);
}
