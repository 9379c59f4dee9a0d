import type { WorkspacePlan } from '../stacks/model';

/** The plan as JSON text with a stable schema (see the layer's README). */
export declare function planJson(plan: WorkspacePlan): string;
