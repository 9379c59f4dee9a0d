/** In the order they run. A test kills the deploy at each of them, so a new step belongs into this list. */
export const rolloutSteps = [
  'clear-leftovers',
  'pin-old',
  'start-new',
  'wait-healthy',
  'join-edges',
  'switch',
  'drain',
  'stop-old',
  'publish-routes',
  'await-labels',
  'unpin',
  'remove-old',
] as const;

/** What a move does besides steps of a rollout. */
export const moveSteps = ['leave-network'] as const;

/** What comes between `clear-leftovers` and `pin-old` where the service has hooks for it. */
export const hookSteps = ['pre-start'] as const;

/** Steps of a held recreate in the order they run. A test kills the deploy at each of them. */
export const recreateSteps = [
  'pin-old',
  'prove-hold',
  'wait-quiet',
  'hold',
  'stop-old',
  'recreate',
  'wait-healthy',
  'join-edges',
  'switch',
  'publish-routes',
  'await-labels',
  'unpin',
] as const;

export type RecreateStep = (typeof recreateSteps)[number];

export type RolloutStep =
  (typeof rolloutSteps)[number] | (typeof moveSteps)[number] | (typeof hookSteps)[number] | RecreateStep;
