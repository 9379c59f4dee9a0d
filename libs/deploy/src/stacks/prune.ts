import type { DeployContext } from '../context';
import type { DeploySummary, PruneRequest } from './model';

/** Takes down the stacks that this workspace deployed and that have no folder any more. */
export declare function prune(context: DeployContext, request: PruneRequest): Promise<DeploySummary>;
