import type { DeployContext } from '../context';
import type { DeploySummary, DownRequest } from './model';

/** Stops and removes the stacks' containers and networks; volumes only when asked. */
export declare function downStacks(context: DeployContext, request: DownRequest): Promise<DeploySummary>;
