import type { ComposeService } from '@itsup/docker';

import { deployStacks } from '../commands/deploy/deploy-stacks';
import { actions, DB, deploy, outcomeOf, WEB } from '../testing/deploy-simulated';
import { SimulatedWorkspace } from '../testing/simulated-workspace';

const SLOW_MS = 150_000;
/** Starts after the database, and asks nothing of it. */
const APP: ComposeService = { ...WEB, depends_on: { db: { condition: 'service_started' } } };

let simulated: SimulatedWorkspace;

beforeEach(async () => {
  simulated = await SimulatedWorkspace.create();
  simulated.engine.addImage('slow:1', 'slow', 'healthy', { settlingMs: SLOW_MS });
  simulated.engine.addImage('deaf:1', 'deaf', 'unhealthy');
  simulated.setProject('shop', { db: DB, web: APP });
  await deploy(simulated);
});

afterEach(() => simulated.dispose());

const db = () => simulated.engine.running('shop', 'db').map(({ id, reference }) => ({ id, reference }));

describe('a new version that is recreated and slow', () => {
  it('is left running, what is left of the deploy is done, and the deploy fails', async () => {
    simulated.setProject('shop', { db: { ...DB, image: 'slow:1' }, web: { ...APP, image: 'web:2' } });
    const outcome = await outcomeOf(simulated, 'shop');
    expect(outcome).toMatchObject({
      status: 'failed',
      problems: [
        {
          code: 'still-starting',
          message: expect.stringMatching(/not ready after 60 s.*left running/),
          help: expect.stringContaining('itsup rollback shop'),
        },
      ],
    });
    expect(db()).toMatchObject([{ reference: 'slow:1' }]);
    expect(simulated.engine.running('shop', 'web')).toMatchObject([{ reference: 'web:2' }]);
  });

  it('is waited for by the next deploy, and not replaced again', async () => {
    simulated.setProject('shop', { db: { ...DB, image: 'slow:1' }, web: APP });
    await outcomeOf(simulated, 'shop');
    const before = db();
    const again = await outcomeOf(simulated, 'shop');
    expect([again.status, actions(again)]).toEqual(['failed', { db: 'start', web: 'none' }]);
    await simulated.context().system.sleep(SLOW_MS);
    expect((await outcomeOf(simulated, 'shop')).status).not.toBe('failed');
    expect((await outcomeOf(simulated, 'shop')).status).toBe('unchanged');
    expect(db()).toEqual(before);
  });

  it('is waited for where no definition tells it from the one before: a tag that was moved', async () => {
    simulated.engine.addImage('db:1', 'newer', 'healthy', { settlingMs: SLOW_MS });
    const first = await outcomeOf(simulated, 'shop');
    expect(first).toMatchObject({ status: 'failed', problems: [{ code: 'still-starting' }] });
    expect(actions(first)).toMatchObject({ db: 'recreate' });
    const before = db();
    const again = await outcomeOf(simulated, 'shop');
    expect([again.status, actions(again)]).toEqual(['failed', { db: 'start', web: 'none' }]);
    expect(db()).toEqual(before);
    await simulated.context().system.sleep(SLOW_MS);
    await outcomeOf(simulated, 'shop');
    expect((await outcomeOf(simulated, 'shop')).status).toBe('unchanged');
    expect(db()).toEqual(before);
  });

  it.each(['killed', 'interrupted'])(
    'is waited for by the deploy after one that was %s meanwhile',
    async (how) => {
      simulated.setProject('shop', { db: { ...DB, image: 'slow:1' }, web: APP });
      const interrupt = new AbortController();
      let isThere = false;
      const ended = deployStacks(
        simulated.context({ signal: interrupt.signal }),
        { workspace: simulated.workspace(), stacks: ['shop'] },
        (moment, step) => {
          if (isThere || moment !== 'before' || !['await-healthy', 'wait-healthy'].includes(step))
            return undefined;
          isThere = true;
          if (how === 'killed') return new Promise(() => undefined);
          interrupt.abort(new Error('interrupted'));
          return undefined;
        },
      );
      if (how === 'killed') while (!isThere) await new Promise((resolve) => setTimeout(resolve, 1));
      else await ended;
      const before = db();
      expect(before).toMatchObject([{ reference: 'slow:1' }]);
      const again = await outcomeOf(simulated, 'shop');
      expect([again.status, actions(again)]).toEqual(['failed', { db: 'start', web: 'none' }]);
      await simulated.context().system.sleep(SLOW_MS);
      expect((await outcomeOf(simulated, 'shop')).status).not.toBe('failed');
      expect(db()).toEqual(before);
    },
  );

  it('is left running beside a job that has ended well', async () => {
    simulated.engine.addImage('job:1', 'job', 'finishes');
    simulated.setProject('shop', {
      db: DB,
      web: APP,
      job: { image: 'job:1', restart: 'no' },
      cache: { ...DB, image: 'slow:1' },
    });
    expect(await outcomeOf(simulated, 'shop')).toMatchObject({ problems: [{ code: 'still-starting' }] });
  });

  it('is replaced when the sources change once more', async () => {
    simulated.setProject('shop', { db: { ...DB, image: 'slow:1' }, web: APP });
    await outcomeOf(simulated, 'shop');
    simulated.setProject('shop', { db: DB, web: APP });
    expect(actions(await outcomeOf(simulated, 'shop'))).toMatchObject({ db: 'recreate' });
    expect(db()).toMatchObject([{ reference: 'db:1' }]);
  });

  it('gets the time that the file gives it', async () => {
    simulated.setProject('shop', {
      db: { ...DB, image: 'slow:1', 'x-itsup': { start: { deadline: '5m' } } },
      web: APP,
    });
    expect((await outcomeOf(simulated, 'shop')).status).toBe('deployed');
  });

  it('keeps who waits for its health check from going on', async () => {
    const waits: ComposeService = { ...WEB, depends_on: { db: { condition: 'service_healthy' } } };
    simulated.setProject('shop', { db: { ...DB, image: 'slow:1' }, web: { ...waits, image: 'web:2' } });
    expect((await outcomeOf(simulated, 'shop')).status).toBe('failed');
    expect(db()).toMatchObject([{ reference: 'slow:1' }]);
    expect(simulated.engine.running('shop', 'web')).toMatchObject([{ reference: 'web:1' }]);
  });
});

describe('a new version that is recreated and that its health check calls unhealthy', () => {
  it('is left running with data that another version may not read, by the next deploy too', async () => {
    simulated.setProject('shop', { db: { ...DB, image: 'deaf:1' }, web: APP });
    const outcome = await outcomeOf(simulated, 'shop');
    expect(outcome).toMatchObject({ status: 'failed', problems: [{ code: 'still-starting' }] });
    const before = db();
    expect(before).toMatchObject([{ reference: 'deaf:1' }]);
    const again = await outcomeOf(simulated, 'shop');
    expect(again).toMatchObject({ status: 'failed', problems: [{ code: 'not-healthy' }] });
    expect(db()).toEqual(before);
  });

  it('makes way for the version before where it has no data', async () => {
    const { volumes: _none, ...withoutData } = DB;
    const alone: ComposeService = { ...withoutData, container_name: 'database' };
    simulated.setProject('shop', { db: alone, web: APP });
    await deploy(simulated);
    simulated.setProject('shop', { db: { ...alone, image: 'deaf:1' }, web: APP });
    expect(await outcomeOf(simulated, 'shop')).toMatchObject({
      status: 'failed',
      problems: [{ code: 'not-healthy' }],
    });
    expect(db()).toMatchObject([{ reference: 'db:1' }]);
  });

  it('makes way where it is the same version', async () => {
    simulated.engine.addImage('well:1', 'the same', 'healthy');
    simulated.engine.addImage('sick:1', 'the same', 'unhealthy');
    simulated.setProject('shop', { db: { ...DB, image: 'well:1' }, web: APP });
    await deploy(simulated);
    simulated.setProject('shop', { db: { ...DB, image: 'sick:1', hostname: 'db' }, web: APP });
    expect(await outcomeOf(simulated, 'shop')).toMatchObject({
      status: 'failed',
      problems: [{ code: 'not-healthy' }],
    });
    expect(db()).toMatchObject([{ reference: 'well:1' }]);
  });
});

it('a first start that is slow is left running as well', async () => {
  simulated.setProject('shop', { db: DB, web: APP, cache: { ...DB, image: 'slow:1' } });
  const outcome = await outcomeOf(simulated, 'shop');
  expect(outcome).toMatchObject({ status: 'failed', problems: [{ code: 'still-starting' }] });
  expect(simulated.engine.running('shop', 'cache')).toHaveLength(1);
});
