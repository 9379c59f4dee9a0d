import type { DeployContext } from '../context';
import type { DeploySummary, RestartRequest } from './model';

/** Replaces the containers of unchanged services: rolled where they can be, restarted where not. */
export declare function restartStacks(
  context: DeployContext,
  request: RestartRequest,
): Promise<DeploySummary>;
