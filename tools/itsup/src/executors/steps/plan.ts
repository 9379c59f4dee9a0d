import { readWorkspace } from '@itsup/config';
import { formatPlan, planStacks } from '@itsup/deploy';
import { deployContext } from '../../deploy-context';
import type { StackOptions } from '../../inference/targets';
import type { StackAction } from '../run-action';

export interface PlanOptions extends StackOptions {
  pull?: boolean;
  adopt?: boolean;
}

export const plan: StackAction<PlanOptions> = async (run) => {
  const { root, stacks, options, color, print, settle } = run;
  const context = await deployContext(run);
  const workspace = await readWorkspace(root);
  const plan = await planStacks(context, { workspace, stacks, pull: options.pull, adopt: options.adopt });
  const whole = { ...plan, failed: [] };
  print(null, formatPlan(whole, { color }).trimEnd());
  for (const stack of plan.stacks) {
    const summary = formatPlan({ ...whole, stacks: [stack], prunable: [] }, { color }).trimEnd();
    settle(stack.stack, { summary });
  }
  for (const { stack, problems } of plan.failed) {
    settle(stack, { problems, success: false });
  }
};
