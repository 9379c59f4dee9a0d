import type { DeployContext } from '../context';
import type { DeployRequest, DeploySummary } from './model';

/** Converges the stacks. Rejects only for what concerns the run as a whole (no engine, a second checkout). */
export declare function deployStacks(context: DeployContext, request: DeployRequest): Promise<DeploySummary>;
