import { growthRow } from '../growth';
import { each, fewerOf, interleave, type Command, type Rounds } from '../measure';
import { timeRow, type Row } from '../table';
import { deployedWorkspace } from '../simulated/deployed-workspace';
import type { BenchWorkspace } from '../workspace';

/** Numbers of stacks, and how often everything is measured. */
export interface Plan {
  large: number;
  small: number;
  rounds: Rounds;
  judged: boolean;
}

/** Plans and deploys of stacks of which nothing changed, on a simulated engine. */
export async function simulatedRows({ large, small, rounds, judged }: Plan): Promise<Row[]> {
  const workspaces: BenchWorkspace[] = [];
  const deployed = async (projects: number): Promise<BenchWorkspace> => {
    const workspace = await deployedWorkspace({ projects });
    workspaces.push(workspace);
    return workspace;
  };
  try {
    const many = await deployed(large);
    const few = await deployed(small);
    const both = (target: string): { large: Command; small: Command } => ({
      large: many.nx(['run-many', '-t', target]),
      small: few.nx(['run-many', '-t', target]),
    });
    const deploy = await interleave(both('deploy'), fewerOf(rounds));
    const plan = await interleave(both('plan'), fewerOf(rounds));
    return [
      timeRow({
        measure: `deploy of ${large} stacks (simulated engine), nothing changed, time per stack`,
        against: `the same at ${small}`,
        ours: each(deploy.large, large),
        other: each(deploy.small, small),
        bound: judged ? 0.5 : null,
      }),
      growthRow({ measure: 'plan, nothing changed', ...plan, sizes: { large, small }, judged }),
    ];
  } finally {
    for (const workspace of workspaces) await workspace.dispose();
  }
}
