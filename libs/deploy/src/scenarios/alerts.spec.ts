import type { Hook } from '@itsup/docker';

import { deployStacks } from '../commands/deploy/deploy-stacks';
import { downStacks } from '../commands/down/down-stacks';
import { restartStacks } from '../commands/restart-stacks';
import { rollback } from '../commands/rollback/rollback';
import { SimulatedWorkspace } from '../testing/simulated-workspace';

let simulated: SimulatedWorkspace;
let hooks: Hook[];
beforeEach(async () => {
  simulated = await SimulatedWorkspace.create();
  simulated.setProject('shop', { web: { image: 'web:1' } });
  hooks = [];
  simulated.engine.runHook = async (hook: Hook) => {
    hooks.push(hook);
    return { exitCode: 0, lastLine: '' };
  };
  const workspace = simulated.workspace();
  jest.spyOn(simulated, 'workspace').mockImplementation(() => ({
    ...workspace,
    settings: { ...workspace.settings, alertCommand: 'notify' },
  }));
  await deployStacks(simulated.context(), { workspace: simulated.workspace(), stacks: ['shop'] });
});
afterEach(() => simulated.dispose());

const subjects = (): (string | undefined)[] => hooks.map(({ env }) => env['ITSUP_SUBJECT']);

it('tells of a rollback that failed', async () => {
  const outcome = await rollback(simulated.context(), { workspace: simulated.workspace(), stack: 'shop' });
  expect(outcome.status).toBe('failed');
  expect(subjects()).toEqual([expect.stringMatching(/^rollback failed on .*: shop$/)]);
  expect(JSON.parse(hooks[0]?.input ?? '')).toMatchObject({
    command: 'rollback',
    stacks: [{ stack: 'shop' }],
  });
});

it('tells of a restart that failed, and of none that went well', async () => {
  const request = { workspace: simulated.workspace(), stacks: ['shop'] };
  await restartStacks(simulated.context(), request);
  expect(subjects()).toEqual([]);
  await restartStacks(simulated.context(), { ...request, stacks: ['nobody'] });
  expect(subjects()).toEqual([expect.stringMatching(/^restart failed on .*: nobody$/)]);
});

it('tells nobody of what somebody took down by hand', async () => {
  const [outcome] = (
    await downStacks(simulated.context(), { workspace: simulated.workspace(), stacks: ['nobody'] })
  ).outcomes;
  expect([outcome?.status, subjects()]).toEqual(['failed', []]);
});
