import { outcomeOf, WEB } from '../testing/deploy-simulated';
import { SimulatedWorkspace } from '../testing/simulated-workspace';

const PAGES = { type: 'image' as const, source: 'pages:1', target: '/pages' };

let simulated: SimulatedWorkspace;
beforeEach(async () => {
  simulated = await SimulatedWorkspace.create();
  simulated.setProject('shop', { web: { ...WEB, volumes: [PAGES] } });
});
afterEach(() => simulated.dispose());

it('replaces the service once another image has the name of the one it has as a volume', async () => {
  simulated.engine.addImage('pages:1', 'one');
  await outcomeOf(simulated, 'shop');
  expect(await outcomeOf(simulated, 'shop')).toMatchObject({ status: 'unchanged' });
  simulated.engine.addImage('pages:1', 'two');
  const before = [...simulated.engine.containers.keys()];
  expect(await outcomeOf(simulated, 'shop')).toMatchObject({ status: 'deployed' });
  expect(before.some((id) => simulated.engine.containers.has(id))).toBe(false);
  expect(await outcomeOf(simulated, 'shop')).toMatchObject({ status: 'unchanged' });
});

it('pulls one that is not there before anything is touched, and does not replace the service again', async () => {
  simulated.engine.addImage('pages:1', 'one');
  const served = simulated.engine.imageOf('pages:1');
  if (served === undefined) throw new Error('no image');
  simulated.engine.registry.set('pages:1', served);
  simulated.engine.images.delete('pages:1');
  expect(await outcomeOf(simulated, 'shop')).toMatchObject({ status: 'deployed' });
  expect(simulated.engine.mutations.filter((one) => one.startsWith('pull '))).toEqual(['pull pages:1']);
  expect(await outcomeOf(simulated, 'shop')).toMatchObject({ status: 'unchanged' });
});
