import { openState } from '../state/state';
import { readRecords } from '../state/records';
import { DB, deploy, WEB } from '../testing/deploy-simulated';
import { SimulatedWorkspace } from '../testing/simulated-workspace';

let simulated: SimulatedWorkspace;

beforeEach(async () => {
  simulated = await SimulatedWorkspace.create();
  simulated.setProject('shop', { web: { ...WEB, labels: { 'traefik.enable': 'true' } } });
  simulated.setProject('store', { db: DB });
});
afterEach(() => simulated.dispose());

async function stepsOf(stack: string): Promise<string[]> {
  const [record] = await readRecords(openState(`${simulated.root}/state`), stack);
  return record?.steps.map(({ step }) => step) ?? [];
}

it('ends the deploy of a routed service with a look at Traefik, and no other', async () => {
  simulated.setProxy({ traefik: { image: 'traefik:v3', healthcheck: { test: ['CMD', 'true'] } } });
  await deploy(simulated, { stacks: ['proxy', 'shop', 'store'] });
  expect((await stepsOf('shop')).slice(-2)).toEqual(['await-routes', 'record']);
  expect(await stepsOf('store')).toContain('record');
  expect(await stepsOf('store')).not.toContain('await-routes');
  expect(await stepsOf('proxy')).not.toContain('await-routes');
});

it('looks at no Traefik where none runs', async () => {
  await deploy(simulated);
  expect(await stepsOf('shop')).toContain('record');
  expect(await stepsOf('shop')).not.toContain('await-routes');
});
