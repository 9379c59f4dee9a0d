import type { ComposeModel, ComposeService } from '@itsup/docker';
import { readFileSync } from 'node:fs';

import { SimulatedWorkspace } from '../testing/simulated-workspace';
import { deployStacks } from '../commands/deploy/deploy-stacks';

const WEB: ComposeService = { image: 'web:1', healthcheck: { test: ['CMD', 'true'] } };

let simulated: SimulatedWorkspace;

beforeEach(async () => {
  simulated = await SimulatedWorkspace.create();
  simulated.setProject('shop', { web: WEB });
  await deploy();
});

afterEach(() => simulated.dispose());

function deploy() {
  return deployStacks(simulated.context(), { workspace: simulated.workspace(), stacks: ['shop'] });
}

/** A container as Compose makes it of the project's present files. */
function create(number: number) {
  const file = simulated.composeFile('shop');
  const model = JSON.parse(readFileSync(file, 'utf8')) as ComposeModel;
  const stack = { project: 'shop', files: [file], cwd: '/', env: {} };
  return simulated.engine.addReplica(stack, 'web', model, number);
}

describe('an old container beside the wanted one', () => {
  it('goes by its id when the wanted one is well, and Compose chooses none', async () => {
    simulated.setProject('shop', { web: { ...WEB, image: 'web:2' } });
    const wanted = create(2);
    simulated.engine.start(wanted);
    const before = simulated.engine.mutations.length;
    const { outcomes } = await deploy();
    expect(outcomes).toMatchObject([{ status: 'deployed', plan: { services: [{ action: 'scale' }] } }]);
    expect(simulated.engine.running('shop', 'web')).toEqual([wanted]);
    expect(simulated.engine.mutations.slice(before)).toEqual(['stop shop-web-1', 'remove shop-web-1']);
  });

  it('goes on serving when the wanted one does not come up', async () => {
    simulated.engine.addImage('web:2', 'two', 'unhealthy');
    const [old] = simulated.engine.running('shop', 'web');
    simulated.setProject('shop', { web: { ...WEB, image: 'web:2' } });
    simulated.engine.start(create(2));
    const { outcomes } = await deploy();
    expect(outcomes).toMatchObject([{ status: 'failed', problems: [{ code: 'not-healthy' }] }]);
    expect(simulated.engine.running('shop', 'web')).toContain(old);
  });

  it('is replaced without a gap when too few of the wanted ones are there', async () => {
    simulated.setProject('shop', { web: { ...WEB, image: 'web:2', scale: 2 } });
    create(2);
    const { outcomes } = await deploy();
    expect(outcomes).toMatchObject([{ status: 'deployed', plan: { services: [{ action: 'rollout' }] } }]);
    expect(simulated.engine.running('shop', 'web').map(({ reference }) => reference)).toEqual([
      'web:2',
      'web:2',
    ]);
    expect((await deploy()).outcomes).toMatchObject([{ status: 'unchanged' }]);
  });
});
