export type { DeployContext, Reporter, System } from './context';
export * from './plan/model';
export { formatPlan } from './format/format-plan';
export { planGraph } from './format/plan-graph';
export { planJson } from './format/plan-json';
export * from './requests';
export { deployStacks } from './commands/deploy/deploy-stacks';
export { downStacks } from './commands/down/down-stacks';
export { maintenancePages, type MaintenancePage } from './maintenance/pages';
export { setMaintenance, type MaintenanceOutcome, type MaintenanceRequest } from './commands/maintenance';
export { planStacks } from './commands/plan/plan-stacks';
export { prune } from './commands/down/prune';
export { restartStacks } from './commands/restart-stacks';
export { rollback } from './commands/rollback/rollback';
export { statusOf } from './commands/status/status-of';
export { openState, type State } from './state/state';
export { createSystem } from './system';
export { validateStacks, type ValidateOutcome, type ValidateRequest } from './validate/validate-stacks';
export { readAsTraefik, stateInUseProblem } from './run/refusal/check-state';
export { askRow } from './serving/ask-row';
export { backupState, restoreState, type RestoredState } from './state/backup';
export { stateFolder } from './state/state-folder';
export { formatChosen, formatHistory } from './format/format-history';
export { historyOf, type StackHistory } from './commands/status/history-of';
export { formatStatus } from './format/format-status';
export { formatNodes } from './format/format-nodes';
export { logsOnSwarm } from './on-swarm/logs';
export {
  activateNode,
  drainNode,
  initSwarm,
  joinCommand,
  swarmNodes,
  type NodeStatus,
} from './on-swarm/nodes';
export { stackCompose } from './commands/stack-compose';
export * from './explain/model';
export { formatExplanation } from './format/format-explanation';
export { asDeployed } from './explain/as-deployed';
export { observeRunning, unservedNow } from './explain/observe-running';
export { topologyHealth } from './commands/status/topology-health';
export { IMAGE_LOCK_FILE } from './images/image-lock';
export {
  imagesInUse,
  lockImages,
  updateImages,
  type ImagesFound,
  type ImageStanding,
} from './commands/lock-images';
export type { LockChange } from './images/write-lock';
export { pluginFacts } from './plugins/plugin-of-run';
export { applyHoneypotRules } from './proxy/honeypot/apply-rules';
export { helperImage } from './engine/helper-image';
export { strayPins, unreadableFiles } from './proxy/stray-pins';
export { freeProxynetRange, type NetworkOnHost } from './proxy/proxynet';
export {
  createSecretsReader,
  HOST_CONTEXT,
  hasSopsMetadata,
  isEncrypted,
  secretsFilesOf,
} from './desired/environment/secrets';
export {
  apiSecretOf,
  checkoutProblem,
  listStacks,
  readIdentity,
  type WorkspaceIdentity,
} from './state/identity';
export { readJournal } from './state/journal';
export { lockedBy } from './state/lock';
export { certificatesOf, certificatesOrNull, retryCertificates } from './certificates/certificates';
export type { CertificateStatus } from './certificates/model';
export { FILE_CURE, isLate } from './certificates/words';
export { formatCertificate, formatCertificates } from './format/format-certificates';
export { lookUp, type Lookup, type NameResolver } from './certificates/lookups';
export { handoverComment } from '@itsup/rollout';
export { handoverSteps, recreateSteps, rolloutSteps } from '@itsup/rollout';
export { once } from './once';
