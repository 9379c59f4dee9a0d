export * from './types';
export { defaultLimits } from './limits';
export { createConnectionTable } from './connection-table';
export { isPinFile, pinFileName } from './pin-names';
export { recoverRollout, type RecoveryCallbacks } from './recover';
export { rollOut } from './rollout';
