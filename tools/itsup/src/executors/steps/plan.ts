import { readWorkspace, type Problem } from '@itsup/config';
import { formatPlan, planStacks } from '@itsup/deploy';
import { deployContext } from '../../deploy-context';
import type { StackOptions } from '../../inference/targets';
import type { StackAction } from '../run-action';
import type { DeployOptions } from './deploy';

type PlanOptions = StackOptions & Pick<DeployOptions, 'pull' | 'adopt'>;

export const plan: StackAction<PlanOptions> = async (run) => {
  const { root, stacks, options, color, print, endTask, unseen } = run;
  const context = await deployContext(run);
  const workspace = await readWorkspace(root);
  const { pull, adopt } = options;
  const plan = await planStacks(context, { workspace, stacks, pull, adopt, bringsProxy: true });
  const failed = new Set(plan.failed.map(({ stack }) => stack));
  const of = (stack: string): Problem[] => plan.problems.filter(({ project }) => project === stack);
  // What failed is told as its task is settled.
  const others = plan.problems.filter(({ project }) => project === undefined || !failed.has(project));
  const whole = { ...plan, failed: [] };
  print(null, formatPlan({ ...whole, problems: unseen(others) }, { color }).trimEnd());
  for (const { stack, problems } of plan.failed) {
    // The proxy, when it was taken along, is no task of this run.
    if (!stacks.includes(stack)) stacks.forEach((one) => endTask(one, { problems, success: false }));
    endTask(stack, { problems: [...problems, ...of(stack)], success: false });
  }
  for (const stack of plan.stacks) {
    const own = { ...whole, stacks: [stack], problems: of(stack.stack), prunable: [] };
    endTask(stack.stack, { summary: formatPlan(own, { color }).trimEnd() });
  }
};
