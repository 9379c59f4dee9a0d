import type { DeployContext } from '../context';
import type { DeploySummary, DownRequest, StackOutcome } from './model';
import { unknownStack } from './plan-stacks';
import { prepareRun } from './prepare-run';
import { takeDown } from './take-down';

const LOCK_WAIT_MS = 10 * 60_000;

/**
 * Stops and removes the stacks' containers and networks, consumers before providers; volumes only when asked. A stack
 * whose folder is gone is known by the state folder.
 */
export async function downStacks(context: DeployContext, request: DownRequest): Promise<DeploySummary> {
  const run = await prepareRun(context, { workspace: request.workspace, stacks: request.stacks }, true);
  const outcomes: StackOutcome[] = [];
  for (const stack of [...run.order].reverse()) {
    const projectName = run.specs.get(stack)?.projectName ?? run.deployed.get(stack)?.projectName;
    const outcome: StackOutcome =
      projectName === undefined
        ? { stack, status: 'failed', plan: null, problems: [unknownStack(stack)], durationMs: 0 }
        : await takeDown(
            run,
            { stack, projectName },
            {
              reason: 'taken down',
              volumes: request.volumes ?? false,
              lockWaitMs: request.lockWaitMs ?? LOCK_WAIT_MS,
              commit: request.commit ?? null,
            },
          );
    outcomes.push(outcome);
    request.onOutcome?.(outcome);
  }
  return {
    outcomes,
    prunable: run.prunable.filter((stack) => run.deployed.has(stack)),
    problems: run.problems,
    interrupted: context.signal?.aborted === true,
  };
}
