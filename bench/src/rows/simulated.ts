import { growthRow } from '../growth';
import { each, interleave, type Command, type Rounds } from '../measure';
import { timeRow, type Row } from '../table';
import { deployedWorkspace } from '../simulated/deployed-workspace';
import type { BenchWorkspace } from '../workspace';

/** Numbers of stacks, and how often everything is measured. */
export interface Plan {
  /** Of the comparison of many stacks with few. */
  many: number;
  few: number;
  /** Of the rows about growth. */
  large: number;
  small: number;
  rounds: Rounds;
  judged: boolean;
}

/** Plans and deploys of stacks of which nothing changed, on a simulated engine. */
export async function simulatedRows({ many, few, large, small, rounds, judged }: Plan): Promise<Row[]> {
  const sizes = [...new Set([many, few, large, small])];
  const workspaces = new Map<number, BenchWorkspace>();
  try {
    for (const projects of sizes) workspaces.set(projects, await deployedWorkspace({ projects }));
    const on = (target: string, size: number): Command => {
      const workspace = workspaces.get(size);
      if (workspace === undefined) throw new Error(`no workspace of ${size} projects`);
      return workspace.nx(['run-many', '-t', target]);
    };
    const deploy = await interleave(
      {
        many: on('deploy', many),
        few: on('deploy', few),
        large: on('deploy', large),
        small: on('deploy', small),
      },
      rounds,
    );
    const plan = await interleave({ large: on('plan', large), small: on('plan', small) }, rounds);
    return [
      timeRow({
        measure: `deploy of ${many} stacks (simulated engine), nothing changed, time per stack`,
        against: `the same at ${few}`,
        ours: each(deploy.many, many),
        other: each(deploy.few, few),
        bound: judged ? 0.5 : null,
      }),
      growthRow({ measure: 'plan, nothing changed', ...plan, sizes: { large, small }, judged }),
      growthRow({
        measure: 'deploy, nothing changed',
        large: deploy.large,
        small: deploy.small,
        sizes: { large, small },
        judged,
      }),
    ];
  } finally {
    for (const workspace of workspaces.values()) await workspace.dispose();
  }
}
