import { removeLeftArtifacts } from '@itsup/artifacts';
import type { Problem } from '@itsup/config';

import type { DeployContext } from '../../context';
import { hidePage } from '../../maintenance/show-page';
import type { DeploySummary, PruneRequest } from '../../requests';
import { eachStack, failedStack } from '../../run/each-stack';
import { OnSwarm } from '../../on-swarm/any-stack';
import { prepareRun } from '../../run/prepare-run';
import { takeDown } from './take-down';

/**
 * Takes down the stacks that this workspace deployed and that have no folder any more, and removes what was generated
 * for them. Never anything that it did not deploy: what it deployed is what the state folder says.
 */
export async function prune(context: DeployContext, request: PruneRequest): Promise<DeploySummary> {
  const run = await prepareRun(context, { workspace: request.workspace, stacks: [] }, true);
  const swarm = request.workspace.settings.engine === 'swarm' ? await OnSwarm.of(context) : null;
  const chosen = request.stacks ?? run.prunable;
  const options = {
    reason: 'its folder is gone',
    volumes: request.volumes ?? false,
    commit: request.commit ?? null,
  };
  const outcomes = await eachStack(chosen, request.onOutcome, async (stack) => {
    const deployed = run.deployed.get(stack);
    if (deployed === undefined || !run.prunable.includes(stack))
      return failedStack(stack, [notPrunable(stack)]);
    const outcome = await (swarm === null
      ? takeDown(run, deployed, options)
      : swarm.takeDown(run, { stack, projectName: deployed.projectName }, options));
    if (outcome.status === 'down') await hidePage(context, stack);
    return outcome;
  });
  const asked = request.stacks === undefined ? null : new Set(request.stacks);
  const present = new Set(request.workspace.projects.map(({ name }) => name));
  await removeArtifacts(
    context,
    (stack) => asked?.has(stack) !== false && !present.has(stack) && !run.deployed.has(stack),
  );
  return {
    outcomes,
    prunable: run.prunable.filter((stack) => run.deployed.has(stack)),
    problems: run.problems,
    interrupted: context.signal?.aborted === true,
  };
}

async function removeArtifacts(
  { root, reporter }: DeployContext,
  isLeft: (stack: string) => boolean,
): Promise<void> {
  const { removed, kept } = await removeLeftArtifacts(root, isLeft);
  for (const name of removed) reporter.line(name, `removes upstream/${name}/, which was generated for it`);
  for (const { name, files } of kept)
    reporter.line(
      name,
      `note: upstream/${name}/ stays, for it holds what was not generated: ${files.join(', ')}`,
    );
}

function notPrunable(stack: string): Problem {
  return {
    code: 'not-prunable',
    severity: 'error',
    project: stack,
    message: `${stack} is no stack that this workspace deployed and that lost its folder`,
    help: `to take down a project that has a folder: itsup down ${stack}`,
  };
}
