export * from './types';
export { defaultLimits } from './limits';
export { createConnectionTable } from './connection-table';
export { acceptsTcp, getOnce } from './probes';
export { isPinFile, pinFileName } from './pin-names';
export { recoverRollout, type RecoveryCallbacks } from './recover';
export { rollOut } from './rollout';
