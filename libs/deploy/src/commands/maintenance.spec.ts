import { readMaintenance, writeMaintenance } from '../maintenance/standing';
import { SimulatedWorkspace } from '../testing/simulated-workspace';
import { deployStacks } from './deploy/deploy-stacks';
import { setMaintenance } from './maintenance';
import { prune } from './down/prune';
import { statusOf } from './status/status-of';

let simulated: SimulatedWorkspace;

beforeEach(async () => {
  simulated = await SimulatedWorkspace.create();
  simulated.setProject('shop', { web: { image: 'web:1' } });
  await deployStacks(simulated.context(), { workspace: simulated.workspace(), stacks: ['shop'] });
});

afterEach(() => simulated.dispose());

const set = (stack: string, on: boolean): ReturnType<typeof setMaintenance> =>
  setMaintenance(simulated.context(), { workspace: simulated.workspace(), stack, on });

/** As if somebody had put the page up. */
async function putUp(): Promise<void> {
  const { state } = simulated.context();
  await writeMaintenance(state, 'shop', { version: 1, since: '2026-01-01T00:00:00.000Z', by: 'ann@box' });
}

describe('the maintenance page', () => {
  it('is refused where nobody would see it, with what would help', async () => {
    await expect(set('shop', true)).rejects.toMatchObject({
      problems: [
        { message: 'Traefik does not run, so nobody would see the page', help: 'itsup deploy proxy' },
      ],
    });
    await expect(set('proxy', true)).rejects.toThrow('has none of its own');
    await expect(set('nothing', true)).rejects.toMatchObject({ problems: [{ code: 'unknown-stack' }] });
    expect(await readMaintenance(simulated.context().state, 'shop')).toBeNull();
  });

  it('is told by status, without a container of its own too', async () => {
    await putUp();
    const [status] = await statusOf(simulated.context(), {
      workspace: simulated.workspace(),
      stacks: ['shop'],
    });
    expect(status?.maintenance).toEqual({ since: '2026-01-01T00:00:00.000Z', by: 'ann@box', isShown: false });
  });

  it('goes with off, without a Traefik too', async () => {
    await putUp();
    expect(await set('shop', false)).toEqual({ changed: true, message: 'shop is served again' });
    expect(await set('shop', false)).toEqual({
      changed: false,
      message: 'shop showed no maintenance page',
    });
    expect(await readMaintenance(simulated.context().state, 'shop')).toBeNull();
  });

  it('goes with a project that is pruned', async () => {
    await putUp();
    simulated.projects.delete('shop');
    const { outcomes } = await prune(simulated.context(), { workspace: simulated.workspace() });
    expect(outcomes).toMatchObject([{ stack: 'shop', status: 'down' }]);
    expect(await readMaintenance(simulated.context().state, 'shop')).toBeNull();
  });
});
