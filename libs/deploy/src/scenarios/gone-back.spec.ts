import { historyOf } from '../commands/status/history-of';
import { planStacks } from '../commands/plan/plan-stacks';
import { statusOf } from '../commands/status/status-of';
import { unservedNow } from '../explain/observe-running';
import { formatHistory } from '../format/format-history';
import { formatStatus } from '../format/format-status';
import { readRecords } from '../state/records';
import { openState } from '../state/state';
import { DB, deploy, outcomeOf, WEB } from '../testing/deploy-simulated';
import { SimulatedWorkspace } from '../testing/simulated-workspace';

let simulated: SimulatedWorkspace;

beforeEach(async () => {
  simulated = await SimulatedWorkspace.create();
  simulated.setProject('shop', { web: WEB, db: DB });
  await deploy(simulated);
});

afterEach(() => simulated.dispose());

/** What plan, status, doctor and history say of it. */
async function told() {
  const context = simulated.context();
  const request = { workspace: simulated.workspace(), stacks: ['shop'] };
  const { stacks } = await planStacks(context, request);
  const status = await statusOf(context, request);
  const doctor = (await unservedNow(context, simulated.workspace())).map(({ code }) => code);
  const { records, present } = await historyOf(context, 'shop');
  return {
    plan: stacks.flatMap(({ notes }) => notes),
    status: formatStatus(status, context.system.now()),
    doctor,
    history: formatHistory(records, present),
  };
}

const records = () => readRecords(openState(`${simulated.root}/state`), 'shop');

describe.each([
  ['a service that is rolled', { web: { ...WEB, image: 'broken:1' }, db: DB }],
  ['one that is recreated', { web: WEB, db: { ...DB, image: 'ends:1' } }],
])('a deploy of %s that failed', (_, changed) => {
  beforeEach(async () => {
    simulated.engine.addImage('broken:1', 'broken', 'unhealthy');
    simulated.engine.addImage('ends:1', 'ends', 'exits');
    simulated.setProject('shop', changed);
    expect((await outcomeOf(simulated, 'shop')).status).toBe('failed');
  });

  it('is told until a deploy finds that the sources are again what runs', async () => {
    simulated.setProject('shop', { web: WEB, db: DB });
    // What came back is well again.
    await simulated.context().system.sleep(5_000);
    const before = await told();
    expect(before.plan).toEqual([expect.stringContaining('its last deploy failed')]);
    expect(before.doctor).toEqual(['last-deploy-failed']);
    expect(before.status).toContain('the last deploy:');
    const [failed, first] = await records();
    expect((await outcomeOf(simulated, 'shop')).status).toBe('unchanged');
    await simulated.context().system.sleep(60_000);
    const after = await told();
    expect(after.plan).toEqual([]);
    expect(after.doctor).toEqual([]);
    expect(after.status).not.toContain('!');
    expect(after.status).toMatch(/^shop +running +unchanged /);
    // What failed did fail; what came after it is the last word.
    const [last, ...older] = await records();
    expect(last).toMatchObject({ outcome: 'unchanged', problems: [], restorable: false });
    expect(older).toEqual([failed, first]);
    expect(after.history).toContain('what it found is what it was to deploy');
    // Said once.
    expect((await outcomeOf(simulated, 'shop')).status).toBe('unchanged');
    expect(await records()).toHaveLength(3);
  });
});
