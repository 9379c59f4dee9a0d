import { NotHealthyError } from './not-healthy-error';

/**
 * Containers that run and are not ready, and that were left running: the deploy fails, and what is left of it is done
 * all the same, as far as nothing needs them healthy.
 */
export class StillStartingError extends NotHealthyError {}
