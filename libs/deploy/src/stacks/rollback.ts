import type { DeployContext } from '../context';
import type { RollbackRequest, StackOutcome } from './model';

/** Takes a stack back to an earlier record: its Compose model and its images, with today's environment and secrets. */
export declare function rollback(context: DeployContext, request: RollbackRequest): Promise<StackOutcome>;
