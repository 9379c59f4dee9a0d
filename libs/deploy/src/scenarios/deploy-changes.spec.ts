import { SimulatedWorkspace } from '../testing/simulated-workspace';
import { planStacks } from '../commands/plan/plan-stacks';
import { actions, DB, deploy, idsOf, outcomeOf, WEB } from '../testing/deploy-simulated';

let simulated: SimulatedWorkspace;

beforeEach(async () => {
  simulated = await SimulatedWorkspace.create();
});

afterEach(() => simulated.dispose());

describe('a change', () => {
  beforeEach(async () => {
    simulated.setProject('shop', { web: WEB, db: DB });
    await deploy(simulated);
  });

  it('of the environment rolls what can be rolled and leaves the rest alone', async () => {
    const [db] = simulated.engine.running('shop', 'db');
    simulated.setProject('shop', { web: { ...WEB, environment: { LEVEL: 'debug' } }, db: DB });
    const outcome = await outcomeOf(simulated, 'shop');
    expect(actions(outcome)).toEqual({ web: 'rollout', db: 'none' });
    expect(outcome.plan?.services.find(({ service }) => service === 'web')?.reasons).toEqual([
      'environment LEVEL',
    ]);
    expect(simulated.engine.running('shop', 'web').map((one) => one.environment)).toEqual([
      { LEVEL: 'debug' },
    ]);
    expect(simulated.engine.running('shop', 'db')).toEqual([db]);
  });

  it('of a service with a writable volume recreates it and says why', async () => {
    simulated.setProject('shop', { web: WEB, db: { ...DB, command: ['other'] } });
    const outcome = await outcomeOf(simulated, 'shop');
    expect(outcome.plan?.services.find(({ service }) => service === 'db')).toMatchObject({
      action: 'recreate',
      reasons: ['command'],
      notRolled: ['volume data is writable'],
    });
  });

  it('of the content behind a tag is noticed from the listing', async () => {
    simulated.engine.addImage('web:1', 'new content');
    const outcome = await outcomeOf(simulated, 'shop');
    expect(actions(outcome)).toEqual({ web: 'rollout', db: 'none' });
  });

  it('of the replica count adds and removes containers of the same definition', async () => {
    const [first] = simulated.engine.running('shop', 'web');
    simulated.setProject('shop', { web: { ...WEB, scale: 3 }, db: DB });
    expect(actions(await outcomeOf(simulated, 'shop'))).toMatchObject({ web: 'scale' });
    expect(simulated.engine.running('shop', 'web')).toHaveLength(3);
    simulated.setProject('shop', { web: { ...WEB, scale: 1 }, db: DB });
    expect(actions(await outcomeOf(simulated, 'shop'))).toMatchObject({ web: 'scale' });
    expect(simulated.engine.running('shop', 'web')).toEqual([first]);
  });

  it('that takes a service away removes its containers', async () => {
    simulated.setProject('shop', { db: DB });
    expect(actions(await outcomeOf(simulated, 'shop'))).toEqual({ web: 'remove', db: 'none' });
    expect(simulated.engine.running('shop', 'web')).toEqual([]);
  });

  it('starts a container that somebody stopped, without a new one', async () => {
    const [web] = simulated.engine.running('shop', 'web');
    if (web) simulated.engine.stop(web);
    expect(actions(await outcomeOf(simulated, 'shop'))).toMatchObject({ web: 'start' });
    expect(simulated.engine.running('shop', 'web')).toEqual([web]);
  });

  it('that switches the project off takes the stack down, and on again up', async () => {
    simulated.setProject('shop', { web: WEB, db: DB }, { enabled: false });
    const { stacks } = await planStacks(simulated.context(), {
      workspace: simulated.workspace(),
      stacks: ['shop'],
    });
    expect(stacks[0]?.operations.map(({ id, after }) => [id, ...after])).toEqual([
      ['drop-routes'],
      ['lead-on', 'drop-routes'],
      ['remove-project', 'lead-on'],
      ['remove-project-networks', 'remove-project'],
      ['lead-back', 'remove-project-networks'],
      ['forget', 'lead-back'],
    ]);
    const outcome = await outcomeOf(simulated, 'shop');
    expect(outcome.status).toBe('down');
    // What was planned is what was done.
    expect(outcome.plan?.operations).toEqual(stacks[0]?.operations);
    expect(idsOf(simulated)).toEqual([]);
    expect((await outcomeOf(simulated, 'shop')).status).toBe('unchanged');
    simulated.setProject('shop', { web: WEB, db: DB });
    expect((await outcomeOf(simulated, 'shop')).status).toBe('deployed');
  });

  it('goes forward and back and forward again: nothing is remembered but the last', async () => {
    for (const level of ['debug', 'info', 'debug']) {
      simulated.setProject('shop', { web: { ...WEB, environment: { LEVEL: level } }, db: DB });
      expect(actions(await outcomeOf(simulated, 'shop'))).toMatchObject({ web: 'rollout' });
    }
  });
});
