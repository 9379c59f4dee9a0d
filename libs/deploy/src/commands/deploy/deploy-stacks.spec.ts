import { existsSync, rmSync } from 'node:fs';
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

import type { ComposeModel } from '@itsup/docker';

import { SimulatedWorkspace } from '../../testing/simulated-workspace';
import { actions, DB, deploy, facts, idsOf, outcomeOf, WEB } from '../../testing/deploy-simulated';
import { deployStacks } from './deploy-stacks';
import { prune } from '../down/prune';

let simulated: SimulatedWorkspace;

beforeEach(async () => {
  simulated = await SimulatedWorkspace.create();
});

afterEach(() => simulated.dispose());

describe('a stack that is new', () => {
  it('is created, waited for and recorded', async () => {
    simulated.setProject('shop', { web: WEB, db: DB });
    const outcome = await outcomeOf(simulated, 'shop');
    expect(outcome).toMatchObject({ status: 'deployed', problems: [] });
    expect(actions(outcome)).toEqual({ web: 'create', db: 'create' });
    expect(simulated.engine.running('shop', 'web')).toHaveLength(1);
    const records = await readdir(path.join(simulated.root, 'state/stacks/shop/records'));
    expect(records).toHaveLength(1);
  });

  it('costs nothing the second time: one listing, no Compose process, no change', async () => {
    simulated.setProject('shop', { web: WEB, db: DB });
    simulated.setProject('blog', { web: WEB });
    await deploy(simulated);
    const before = idsOf(simulated);
    const { engine } = simulated;
    const [calls, listings, mutations] = [engine.composeCalls, engine.listings, engine.mutations.length];
    const { outcomes } = await deploy(simulated);
    expect(outcomes.map(({ status }) => status)).toEqual(['unchanged', 'unchanged']);
    expect([engine.composeCalls - calls, engine.listings - listings]).toEqual([0, 1]);
    expect(engine.mutations).toHaveLength(mutations);
    expect(idsOf(simulated)).toEqual(before);
  });

  it('starts nothing when an image can neither be found nor pulled', async () => {
    simulated.setProject('shop', { web: WEB, db: DB });
    simulated.engine.images.delete('web:1');
    const outcome = await outcomeOf(simulated, 'shop');
    expect(outcome.status).toBe('failed');
    expect(outcome.problems[0]?.message).toContain('web:1');
    expect(idsOf(simulated)).toEqual([]);
  });
});

describe('a version that does not come up', () => {
  beforeEach(async () => {
    simulated.setProject('shop', { web: WEB });
    await deploy(simulated);
  });

  it.each(['unhealthy', 'exits', 'crash-loop'] as const)(
    '(%s) leaves the old one serving',
    async (behaviour) => {
      const before = idsOf(simulated);
      simulated.engine.addImage('web:2', 'two', behaviour);
      simulated.setProject('shop', { web: { ...WEB, image: 'web:2' } });
      const outcome = await outcomeOf(simulated, 'shop');
      expect(outcome.status).toBe('failed');
      expect(outcome.problems[0]?.message).toContain('web');
      expect(idsOf(simulated)).toEqual(before);
      expect(simulated.lines.join('\n')).toContain('last words of shop-web-2');
      simulated.setProject('shop', { web: WEB });
      expect((await outcomeOf(simulated, 'shop')).status).toBe('unchanged');
    },
  );

  it('fails the first deploy with the last lines of the container', async () => {
    simulated.setProject('blog', { web: { image: 'bad:1', healthcheck: { test: ['CMD', 'false'] } } });
    simulated.engine.addImage('bad:1', 'bad', 'unhealthy');
    const outcome = await outcomeOf(simulated, 'blog');
    expect(outcome).toMatchObject({ status: 'failed', problems: [{ code: 'not-healthy' }] });
    expect(simulated.lines.join('\n')).toContain('last words of blog-web-1');
  });

  it('is no failure when the container is meant to end', async () => {
    simulated.engine.addImage('job:1', 'job', 'finishes');
    simulated.setProject('shop', { web: WEB, job: { image: 'job:1' } });
    expect((await outcomeOf(simulated, 'shop')).status).toBe('deployed');
    expect((await outcomeOf(simulated, 'shop')).status).toBe('unchanged');
  });
});

describe('two projects', () => {
  const place = { file: 'projects/api/ingress.yml', line: 1, column: 1 };
  const egress = [{ consumer: 'api', provider: 'store', service: 'db', place }];
  const network = 'api--store--db';

  function setBoth(): void {
    simulated.setProject('store', { db: WEB }, { compose: facts('db') });
    simulated.setProject('api', { web: WEB }, { egress, compose: facts('web') });
  }

  it('are deployed providers first and joined without a restart', async () => {
    setBoth();
    const { outcomes } = await deploy(simulated);
    expect(outcomes.map(({ stack, status }) => [stack, status])).toEqual([
      ['store', 'deployed'],
      ['api', 'deployed'],
    ]);
    const [db] = simulated.engine.running('store', 'db');
    expect(db?.networks.get(network)?.aliases).toEqual(['db', 'store-db']);
  });

  it('stay joined when the provider is rolled', async () => {
    setBoth();
    await deploy(simulated);
    simulated.setProject(
      'store',
      { db: { ...WEB, environment: { LEVEL: 'debug' } } },
      { compose: facts('db') },
    );
    await deploy(simulated);
    expect(simulated.engine.running('store', 'db').map((one) => one.networks.has(network))).toEqual([true]);
  });

  it('are joined and parted live when only the edge changes', async () => {
    simulated.setProject('store', { db: WEB }, { compose: facts('db') });
    simulated.setProject('api', { web: WEB }, { compose: facts('web') });
    await deploy(simulated);
    const before = idsOf(simulated);
    setBoth();
    expect(actions(await outcomeOf(simulated, 'api'))).toEqual({ web: 'connect' });
    expect(simulated.engine.running('api', 'web')[0]?.networks.has(network)).toBe(true);
    simulated.setProject('api', { web: WEB }, { compose: facts('web') });
    expect(actions(await outcomeOf(simulated, 'api'))).toEqual({ web: 'disconnect' });
    expect(simulated.engine.networks.has(network)).toBe(false);
    expect(idsOf(simulated)).toEqual(before);
  });

  it('fail together only when the consumer needs the provider that failed', async () => {
    setBoth();
    simulated.setProject('blog', { web: WEB }, { compose: facts('web') });
    rmSync(simulated.composeFile('store'));
    const { outcomes } = await deploy(simulated);
    expect(Object.fromEntries(outcomes.map(({ stack, status }) => [stack, status]))).toEqual({
      store: 'failed',
      api: 'skipped',
      blog: 'deployed',
    });
  });

  it('of which the provider does not run: the consumer fails with the command that starts it', async () => {
    setBoth();
    const outcome = await outcomeOf(simulated, 'api', { stacks: ['api'] });
    expect(outcome.problems).toMatchObject([
      { code: 'provider-not-running', help: 'run: itsup deploy store' },
    ]);
    expect(idsOf(simulated)).toEqual([]);
  });
});

describe('the host', () => {
  it('is deployed from one checkout', async () => {
    simulated.setProject('shop', { web: WEB });
    await deploy(simulated);
    const workspace = simulated.workspace();
    const elsewhere = simulated.context({ root: '/elsewhere' });
    await expect(deployStacks(elsewhere, { workspace })).rejects.toThrow(/is deployed from/);
  });

  it('may run the same Compose project for somebody else, which is left alone', async () => {
    simulated.setProject('shop', { web: WEB });
    const model = JSON.parse(await readFile(simulated.composeFile('shop'), 'utf8')) as ComposeModel;
    const stack = { project: 'shop', files: ['/home/me/docker-compose.yml'], cwd: '/', env: {} };
    simulated.engine.start(simulated.engine.addReplica(stack, 'web', model, 1));
    const before = idsOf(simulated);
    expect((await outcomeOf(simulated, 'shop')).problems).toMatchObject([{ code: 'foreign-stack' }]);
    expect(idsOf(simulated)).toEqual(before);
    const adopted = await outcomeOf(simulated, 'shop', { adopt: true });
    // It was started a moment ago: the deploy waits until it is ready.
    expect(actions(adopted)).toEqual({ web: 'start' });
    expect(actions(await outcomeOf(simulated, 'shop', { adopt: true }))).toEqual({ web: 'none' });
    expect(idsOf(simulated)).toEqual(before);
  });

  it('keeps a stack whose folder is gone until it is pruned', async () => {
    simulated.setProject('shop', { web: WEB });
    simulated.setProject('blog', { web: WEB });
    await deploy(simulated);
    simulated.removeProject('blog');
    expect((await deploy(simulated)).prunable).toEqual(['blog']);
    expect(simulated.engine.running('blog', 'web')).toHaveLength(1);
    const generated = path.join(simulated.root, 'upstream/blog/docker-compose.yml');
    await mkdir(path.dirname(generated), { recursive: true });
    await writeFile(generated, '');
    const { outcomes, prunable } = await prune(simulated.context(), { workspace: simulated.workspace() });
    expect(outcomes.map(({ stack, status }) => [stack, status])).toEqual([['blog', 'down']]);
    expect(prunable).toEqual([]);
    expect(simulated.engine.running('blog', 'web')).toEqual([]);
    expect(simulated.engine.running('shop', 'web')).toHaveLength(1);
    expect(existsSync(path.dirname(generated))).toBe(false);
  });
});
