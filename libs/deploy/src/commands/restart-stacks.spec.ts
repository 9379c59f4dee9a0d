import type { ComposeService } from '@itsup/docker';

import { SimulatedWorkspace } from '../testing/simulated-workspace';
import { deployStacks } from './deploy/deploy-stacks';
import { restartStacks } from './restart-stacks';

const HEALTHCHECK = { test: ['CMD', 'true'] };
const SERVICES: Record<string, ComposeService> = {
  web: { image: 'web:1', healthcheck: HEALTHCHECK },
  db: {
    image: 'db:1',
    healthcheck: HEALTHCHECK,
    volumes: [{ type: 'volume', source: 'data', target: '/data' }],
  },
  job: { image: 'job:1' },
};

let simulated: SimulatedWorkspace;

beforeEach(async () => {
  simulated = await SimulatedWorkspace.create();
  simulated.engine.addImage('job:1', 'job', 'finishes');
  simulated.setProject('shop', SERVICES);
  await deployStacks(simulated.context(), { workspace: simulated.workspace(), stacks: ['shop'] });
});

afterEach(() => simulated.dispose());

async function restart(services?: string[]): Promise<Record<string, string>> {
  const { outcomes } = await restartStacks(simulated.context(), {
    workspace: simulated.workspace(),
    stacks: ['shop'],
    ...(services && { services }),
  });
  expect(outcomes).toMatchObject([{ status: 'deployed', problems: [] }]);
  return Object.fromEntries(
    outcomes[0]?.plan?.services.map(({ service, action }) => [service, action]) ?? [],
  );
}

describe('restartStacks', () => {
  it('rolls what can be rolled, recreates what cannot, and does no finished work again', async () => {
    expect(await restart()).toEqual({ web: 'rollout', db: 'recreate', job: 'none' });
    expect(simulated.engine.running('shop', 'web')).toHaveLength(1);
  });

  it('restarts the named services alone, finished ones too', async () => {
    expect(await restart(['job'])).toEqual({ web: 'none', db: 'none', job: 'recreate' });
  });

  it('leaves a stack that the next deploy finds unchanged', async () => {
    await restart();
    const { outcomes } = await deployStacks(simulated.context(), {
      workspace: simulated.workspace(),
      stacks: ['shop'],
    });
    expect(outcomes).toMatchObject([{ status: 'unchanged' }]);
  });
});
