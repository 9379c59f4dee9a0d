import { beforeRun } from '../run/run-certificates';
import type { DeployContext } from '../context';
import { loadDesired } from '../desired/load-desired';
import { withAlert } from '../alert/send-alert';
import { deployOne } from './deploy/deploy-one';
import { PROXY_STACK, type DeploySummary, type RestartRequest } from '../requests';
import { loadOptions } from '../run/load-options';
import { unknownStack } from '../run/refusal/unknown-stack';
import { eachStack, failedStack } from '../run/each-stack';
import { prepareRun } from '../run/prepare-run';
import { refuseSwarm } from '../stack/refuse-swarm';

/**
 * Replaces the containers of the stacks' services, losslessly where a service can be rolled. Changes that wait to be
 * deployed are deployed along: a container cannot be replaced by what no file says any more. `alert.command` is told of
 * failures.
 */
export async function restartStacks(context: DeployContext, request: RestartRequest): Promise<DeploySummary> {
  const run = (): Promise<DeploySummary> => replaceAll(context, request);
  return withAlert(context, request, 'restart', run, ({ outcomes }) => outcomes);
}

async function replaceAll(context: DeployContext, request: RestartRequest): Promise<DeploySummary> {
  refuseSwarm(request.workspace.settings);
  const run = await prepareRun(context, { workspace: request.workspace, stacks: request.stacks }, true);
  await beforeRun(run, run.order.includes(PROXY_STACK));
  const outcomes = await eachStack(run.order, request.onOutcome, async (stack) => {
    const spec = run.specs.get(stack);
    const broken = run.broken.get(stack) ?? (spec === undefined ? [unknownStack(stack)] : null);
    if (broken !== null || spec === undefined) return failedStack(stack, broken ?? []);
    if (spec.kind !== 'converge')
      return { stack, status: 'unchanged', plan: null, problems: [], durationMs: 0 };
    return deployOne(run, spec, {
      lockWaitMs: request.lockWaitMs,
      commit: request.commit ?? null,
      command: 'restart',
      replace: request.services ?? null,
      load: (current, own) =>
        loadDesired(own, loadOptions(current, own, current.observed.get(own.projectName) ?? [])),
    });
  });
  return {
    outcomes,
    prunable: run.prunable,
    problems: run.problems,
    interrupted: context.signal?.aborted === true,
  };
}
