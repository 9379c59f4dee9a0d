import { outcomeOf, WEB } from '../testing/deploy-simulated';
import { SimulatedWorkspace } from '../testing/simulated-workspace';

let simulated: SimulatedWorkspace;
beforeEach(async () => {
  simulated = await SimulatedWorkspace.create();
  simulated.setProject('shop', { web: WEB });
});
afterEach(() => simulated.dispose());

it('replaces a container that was taken off its network, though nothing else changed', async () => {
  await outcomeOf(simulated, 'shop');
  const docker = simulated.engine.docker();
  const [before] = await docker.listContainers();
  if (before === undefined) throw new Error('no container');
  await docker.disconnectNetwork('shop_default', before.id);
  expect(await outcomeOf(simulated, 'shop')).toMatchObject({ status: 'deployed' });
  const after = await docker.listContainers();
  expect(after).toEqual([expect.objectContaining({ networks: before.networks })]);
  expect(after[0]?.id).not.toBe(before.id);
  expect(await outcomeOf(simulated, 'shop')).toMatchObject({ status: 'unchanged' });
});
