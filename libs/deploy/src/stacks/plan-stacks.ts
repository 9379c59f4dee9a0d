import type { DeployContext } from '../context';
import type { PlanRequest, WorkspacePlan } from './model';

/** What deploy would do and why; changes nothing. Without an engine: the plan against an empty host. */
export declare function planStacks(context: DeployContext, request: PlanRequest): Promise<WorkspacePlan>;
