import type { ComposeService } from '@itsup/docker';

import { actions, idsOf, outcomeOf } from '../testing/deploy-simulated';
import { SimulatedWorkspace } from '../testing/simulated-workspace';

const MAIN: ComposeService = { image: 'main:1', ipc: 'shareable' };
const USER: ComposeService = { image: 'user:1', network_mode: 'service:main', pid: 'service:main' };
const FILES: ComposeService = { image: 'user:1', volumes_from: ['main:ro'] };

let simulated: SimulatedWorkspace;

beforeEach(async () => {
  simulated = await SimulatedWorkspace.create();
});

afterEach(() => simulated.dispose());

/** Somebody starts the project by Compose. */
async function startByHand(services: Record<string, ComposeService>): Promise<void> {
  simulated.setProject('shop', services);
  const stack = { project: 'shop', files: [simulated.composeFile('shop')], cwd: '/', env: {} };
  await simulated.engine.docker().compose(stack).up();
}

describe('services whose containers use that of another one, started by Compose', () => {
  const services = { main: MAIN, user: USER, files: FILES };

  it('stay as they are', async () => {
    await startByHand(services);
    const before = idsOf(simulated);
    const outcome = await outcomeOf(simulated, 'shop');
    expect(actions(outcome)).toEqual({ main: 'none', user: 'none', files: 'none' });
    expect(outcome.plan?.services.map(({ reasons }) => reasons.join())).toEqual(
      ['files', 'main', 'user'].map((name) => `adopted: shop-${name}-1 runs what is wanted`),
    );
    expect(idsOf(simulated)).toEqual(before);
  });

  it('are replaced where they changed', async () => {
    await startByHand(services);
    simulated.setProject('shop', { ...services, user: { ...USER, environment: { A: 'b' } } });
    expect(actions(await outcomeOf(simulated, 'shop'))).toEqual({
      ...{ main: 'none', files: 'none' },
      user: 'recreate',
    });
  });

  it('are not taken for those of a container that is gone', async () => {
    await startByHand(services);
    const [main] = simulated.engine.of('shop', 'main');
    if (main !== undefined) simulated.engine.remove(main);
    const outcome = await outcomeOf(simulated, 'shop');
    expect(actions(outcome)).toEqual({ main: 'create', files: 'rollout', user: 'recreate' });
  });
});
