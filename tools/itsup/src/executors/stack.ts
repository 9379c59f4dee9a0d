import { stepExecutor, type StepOptions } from './stack-executor';
import type { DeployOptions } from './steps/deploy';

/** What the operator may say besides: all of it to a deploy. */
type StackFlags = StepOptions & DeployOptions;

/**
 * What a change goes through, in this order. One executor, because Nx puts into one process only what one executor
 * does: four of them would start half a dozen processes to deploy one stack that changed.
 */
const { single, batch } = stepExecutor<StackFlags>({
  generate: { flags: [], load: async () => (await import('./steps/generate.js')).generate },
  validate: { flags: [], load: async () => (await import('./steps/validate.js')).validate },
  plan: { flags: ['pull', 'adopt'], load: async () => (await import('./steps/plan.js')).plan },
  deploy: {
    flags: ['pull', 'adopt', 'yes', 'parallel', 'parallelServices'],
    load: async () => (await import('./steps/deploy.js')).deploy,
  },
});

export { batch, single as default };
