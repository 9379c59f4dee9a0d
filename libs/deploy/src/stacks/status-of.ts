import type { DeployContext } from '../context';
import type { StackStatus, StatusRequest } from './model';

/** What runs and what the last deploys did, from one listing of the engine. */
export declare function statusOf(context: DeployContext, request: StatusRequest): Promise<StackStatus[]>;
