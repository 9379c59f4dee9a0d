import type { DeployContext } from '../context';
import { hidePage } from '../maintenance/show-page';
import type { DeploySummary, PruneRequest, StackOutcome } from '../requests';
import { prepareRun } from '../run/prepare-run';
import { takeDown } from './take-down';

/**
 * Takes down the stacks that this workspace deployed and that have no folder any more. Never anything that it did not
 * deploy: what it deployed is what the state folder says.
 */
export async function prune(context: DeployContext, request: PruneRequest): Promise<DeploySummary> {
  const run = await prepareRun(context, { workspace: request.workspace, stacks: [] }, true);
  const chosen = request.stacks ?? run.prunable;
  const outcomes: StackOutcome[] = [];
  for (const stack of chosen) {
    const deployed = run.deployed.get(stack);
    const outcome =
      deployed === undefined || !run.prunable.includes(stack)
        ? notPrunable(stack)
        : await takeDown(run, deployed, {
            reason: 'its folder is gone',
            volumes: request.volumes ?? false,
            commit: request.commit ?? null,
          });
    if (outcome.status === 'down') await hidePage(context, stack);
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

function notPrunable(stack: string): StackOutcome {
  return {
    stack,
    status: 'failed',
    plan: null,
    durationMs: 0,
    problems: [
      {
        code: 'not-prunable',
        severity: 'error',
        project: stack,
        message: `${stack} is no stack that this workspace deployed and that lost its folder`,
        help: `to take down a project that has a folder: itsup down ${stack}`,
      },
    ],
  };
}
