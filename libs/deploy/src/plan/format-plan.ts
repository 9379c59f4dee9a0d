import type { WorkspacePlan } from '../stacks/model';

/** The plan for people: one block a stack, columns aligned, no colour unless asked for. */
export declare function formatPlan(
  plan: WorkspacePlan,
  options?: { color?: boolean; verbose?: boolean },
): string;
