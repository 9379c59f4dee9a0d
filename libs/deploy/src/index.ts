export type { DeployContext, Reporter, System } from './context';
export * from './plan/model';
export { formatPlan } from './plan/format-plan';
export { planJson } from './plan/plan-json';
export * from './stacks/model';
export { deployStacks } from './stacks/deploy-stacks';
export { downStacks } from './stacks/down-stacks';
export { planStacks } from './stacks/plan-stacks';
export { prune } from './stacks/prune';
export { restartStacks } from './stacks/restart-stacks';
export { rollback } from './stacks/rollback';
export { statusOf } from './stacks/status-of';
export { openState, type State } from './state/state';
export { createSystem } from './system';
export { validateStacks, type ValidateOutcome, type ValidateRequest } from './validate/validate-stacks';
export { stateFolder } from './state/state-folder';
export { formatStatus } from './stacks/format-status';
export { stackCompose } from './stacks/stack-compose';
export * from './explain/model';
export { formatExplanation } from './explain/format-explanation';
export { observeRunning } from './explain/observe-running';
export { IMAGE_LOCK_FILE } from './images/image-lock';
export {
  imagesInUse,
  lockImages,
  updateImages,
  type ImagesFound,
  type ImageStanding,
  type LockChange,
} from './images/lock-images';
export { pluginFacts } from './plugins/plugin-of-run';
export { settleHoneypotRules } from './converge/settle-honeypot-rules';
export { helperImage } from './converge/helper-image';
export { strayPins, unreadableFiles } from './converge/stray-pins';
export { refusedRoutersOf } from './stacks/refused-routers';
export { freeProxynetRange, type NetworkOnHost } from './converge/proxynet';
export {
  createSecretsReader,
  HOST_CONTEXT,
  hasSopsMetadata,
  isEncrypted,
  secretsFilesOf,
} from './desired/secrets';
export {
  apiSecretOf,
  checkoutProblem,
  listStacks,
  readIdentity,
  type WorkspaceIdentity,
} from './state/identity';
export { readJournal } from './state/journal';
export { lockedBy } from './state/lock';
export { handoverComment } from './rollout/handover-rules';
export { handoverSteps, rolloutSteps } from './rollout/index';
