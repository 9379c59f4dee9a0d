import { problemsOf, type Problem } from '@itsup/config';

import type { DeployContext } from '../../context';
import { PROXY_STACK, type DeploySummary, type DownRequest } from '../../requests';
import { unknownStack } from '../../run/refusal/unknown-stack';
import { eachStack, failedStack } from '../../run/each-stack';
import { OnSwarm } from '../../on-swarm/any-stack';
import { prepareRun } from '../../run/prepare-run';
import type { Run } from '../../run/run';
import { refuseForeignStack } from '../../run/refusal/refusals';
import { takeDown } from './take-down';

/**
 * Stops and removes the stacks' containers and networks, consumers before providers; volumes only when asked. A stack
 * whose folder is gone is known by the state folder.
 */
export async function downStacks(context: DeployContext, request: DownRequest): Promise<DeploySummary> {
  const run = await prepareRun(context, { workspace: request.workspace, stacks: request.stacks }, true);
  const swarm = request.workspace.settings.engine === 'swarm' ? await OnSwarm.of(context) : null;
  const outcomes = await eachStack([...run.order].reverse(), request.onOutcome, (stack) => {
    const projectName = run.specs.get(stack)?.projectName ?? run.deployed.get(stack)?.projectName;
    if (projectName === undefined) return Promise.resolve(failedStack(stack, [unknownStack(stack)]));
    const options = {
      reason: 'taken down',
      volumes: request.volumes ?? false,
      lockWaitMs: request.lockWaitMs,
      commit: request.commit ?? null,
    };
    if (swarm !== null && stack !== PROXY_STACK) return swarm.takeDown(run, { stack, projectName }, options);
    const problems = foreignProblems(run, stack);
    return problems.length > 0
      ? Promise.resolve(failedStack(stack, problems))
      : takeDown(run, { stack, projectName }, options);
  });
  return {
    outcomes,
    prunable: run.prunable.filter((stack) => run.deployed.has(stack)),
    problems: run.problems,
    interrupted: context.signal?.aborted === true,
  };
}

/** Why what runs under the stack's name is not ours to take down; empty: it is. */
function foreignProblems(run: Run, stack: string): Problem[] {
  const spec = run.specs.get(stack);
  if (spec === undefined) return [];
  try {
    refuseForeignStack(run, spec, run.observed.get(spec.projectName) ?? [], run.deployed.get(stack) ?? null);
    return [];
  } catch (error) {
    return problemsOf(error);
  }
}
