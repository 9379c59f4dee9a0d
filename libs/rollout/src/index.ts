export { moveService, type MoveRequest } from './service/move';
export { retryUntilAnswer } from './procedure/retry';
export * from './types';
export { factsOf, rolloutDocker, toFacts } from './rollout-docker';
export { defaultLimits } from './procedure/limits';
export { DEFAULT_DRAIN } from './drain/drain';
export { createConnectionTable } from './drain/connection-table';
export { leadBack, leadToPage, type PageContext } from './pin/page';
export { labelNameOf, ownerLine, pageFileName, pinFileName } from './pin/pin-names';
export { listPins, removePin, removePinsOf } from './pin/pin-file';
export { recoverRollout, type RecoveryCallbacks } from './service/recover';
export { Interrupted, NoAnswer, RolloutError } from './procedure/rollout-error';
export { awaitRoutes } from './readiness/await-routes';
export { bridge, settleBridge, type BridgeActs, type BridgedService, type TasksOf } from './service/bridge';
export { rollOut } from './service/rollout';
export { scaleService } from './service/scale';
export { handOn, heirsOf, type Heir } from './service/hand-on';
export * from './traefik/types';
export {
  askedNames,
  askedOrders,
  type AskedOrder,
  type Stored,
  type StoredNames,
} from './traefik/temporary/demanded-names';
export { handOver } from './traefik/handover';
export { handoverMode, lossNote } from './traefik/redirect/mode';
export { handoverLabel, readHandover, saveHandover } from './traefik/state';
export { handoverComment } from './traefik/redirect/rules';
export { recoverHandover, type HandoverRecovery } from './traefik/recover';
export { acknowledgeUnpinned } from './pin/acknowledge';
export { isUp } from './pin/served';
export { portsAnswer } from './readiness/ports-answer';
export { failure } from './readiness/await-ready';
export { awaitStarted, type StartedOptions } from './readiness/await-started';
export { goesOn, NotReady } from './readiness/not-ready';
export { readinessOf, startBudget } from './readiness/readiness';
export { recreateHeld } from './hold/recreate';
export { openRelay } from './hold/relay/relay';
export { waitFor } from './procedure/waiting';
