import { deployStacks } from '../commands/deploy/deploy-stacks';
import type { StackOutcome } from '../requests';
import { WEB } from '../testing/deploy-simulated';
import { SimulatedWorkspace } from '../testing/simulated-workspace';

let simulated: SimulatedWorkspace;
beforeEach(async () => {
  simulated = await SimulatedWorkspace.create();
  simulated.setProject('shop', { web: { ...WEB, environment: { LEVEL: 'info', STAGE: null } } });
});
afterEach(() => simulated.dispose());

async function deployWith(env: Record<string, string>): Promise<StackOutcome | undefined> {
  const request = { workspace: simulated.workspace(), stacks: ['shop'] };
  return (await deployStacks(simulated.context({ env }), request)).outcomes[0];
}

const stages = (): unknown[] =>
  simulated.engine.running('shop', 'web').map(({ environment }) => environment['STAGE']);

it('deploys another value of a variable that the shell passes on, and each of them once', async () => {
  expect(await deployWith({ STAGE: 'one' })).toMatchObject({ status: 'deployed' });
  expect(await deployWith({ STAGE: 'one', OTHER: 'x' })).toMatchObject({ status: 'unchanged' });
  expect(await deployWith({ STAGE: 'two' })).toMatchObject({
    status: 'deployed',
    plan: { services: [{ reasons: ['environment STAGE'] }] },
  });
  expect(stages()).toEqual(['two']);
  expect(await deployWith({})).toMatchObject({ status: 'deployed' });
  expect(await deployWith({ STAGE: 'three' })).toMatchObject({ status: 'deployed' });
  expect(stages()).toEqual(['three']);
});
