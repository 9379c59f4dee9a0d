import { rmSync } from 'node:fs';
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

import type { ComposeModel, ComposeService } from '@itsup/docker';

import { SimulatedWorkspace } from '../testing/simulated-workspace';
import { deployStacks } from './deploy-stacks';
import type { DeployRequest, DeploySummary, StackOutcome } from './model';
import { planStacks } from './plan-stacks';
import { prune } from './prune';

const WEB: ComposeService = {
  image: 'web:1',
  environment: { LEVEL: 'info' },
  healthcheck: { test: ['CMD', 'true'] },
};
const DB: ComposeService = {
  image: 'db:1',
  healthcheck: { test: ['CMD', 'true'] },
  volumes: [{ type: 'volume', source: 'data', target: '/data' }],
};

let simulated: SimulatedWorkspace;

beforeEach(async () => {
  simulated = await SimulatedWorkspace.create();
});

afterEach(() => simulated.dispose());

function deploy(change: Partial<DeployRequest> = {}): Promise<DeploySummary> {
  const workspace = simulated.workspace();
  const stacks = workspace.projects.map((project) => project.name);
  return deployStacks(simulated.context(), { workspace, stacks, ...change });
}

async function outcomeOf(stack: string, change: Partial<DeployRequest> = {}): Promise<StackOutcome> {
  const { outcomes } = await deploy(change);
  const found = outcomes.find((outcome) => outcome.stack === stack);
  if (found === undefined) throw new Error(`${stack} has no outcome`);
  return found;
}

function actions(outcome: StackOutcome): Record<string, string> {
  return Object.fromEntries(outcome.plan?.services.map(({ service, action }) => [service, action]) ?? []);
}

function ids(): string[] {
  return [...simulated.engine.containers.keys()].sort();
}

describe('a stack that is new', () => {
  it('is created, waited for and recorded', async () => {
    simulated.setProject('shop', { web: WEB, db: DB });
    const outcome = await outcomeOf('shop');
    expect(outcome).toMatchObject({ status: 'deployed', problems: [] });
    expect(actions(outcome)).toEqual({ web: 'create', db: 'create' });
    expect(simulated.engine.running('shop', 'web')).toHaveLength(1);
    const records = await readdir(path.join(simulated.root, 'state/stacks/shop/records'));
    expect(records).toHaveLength(1);
  });

  it('costs nothing the second time: one listing, no Compose process, no change', async () => {
    simulated.setProject('shop', { web: WEB, db: DB });
    simulated.setProject('blog', { web: WEB });
    await deploy();
    const before = ids();
    const { engine } = simulated;
    const [calls, listings, mutations] = [engine.composeCalls, engine.listings, engine.mutations.length];
    const { outcomes } = await deploy();
    expect(outcomes.map(({ status }) => status)).toEqual(['unchanged', 'unchanged']);
    expect([engine.composeCalls - calls, engine.listings - listings]).toEqual([0, 1]);
    expect(engine.mutations).toHaveLength(mutations);
    expect(ids()).toEqual(before);
  });

  it('starts nothing when an image can neither be found nor pulled', async () => {
    simulated.setProject('shop', { web: WEB, db: DB });
    simulated.engine.images.delete('web:1');
    const outcome = await outcomeOf('shop');
    expect(outcome.status).toBe('failed');
    expect(outcome.problems[0]?.message).toContain('web:1');
    expect(ids()).toEqual([]);
  });
});

describe('a change', () => {
  beforeEach(async () => {
    simulated.setProject('shop', { web: WEB, db: DB });
    await deploy();
  });

  it('of the environment rolls what can be rolled and leaves the rest alone', async () => {
    const [db] = simulated.engine.running('shop', 'db');
    simulated.setProject('shop', { web: { ...WEB, environment: { LEVEL: 'debug' } }, db: DB });
    const outcome = await outcomeOf('shop');
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
    const outcome = await outcomeOf('shop');
    expect(outcome.plan?.services.find(({ service }) => service === 'db')).toMatchObject({
      action: 'recreate',
      reasons: ['command'],
      notRolled: ['volume data is writable'],
    });
  });

  it('of the content behind a tag is noticed from the listing', async () => {
    simulated.engine.addImage('web:1', 'new content');
    const outcome = await outcomeOf('shop');
    expect(actions(outcome)).toEqual({ web: 'rollout', db: 'none' });
  });

  it('of the replica count adds and removes containers of the same definition', async () => {
    const [first] = simulated.engine.running('shop', 'web');
    simulated.setProject('shop', { web: { ...WEB, scale: 3 }, db: DB });
    expect(actions(await outcomeOf('shop'))).toMatchObject({ web: 'scale' });
    expect(simulated.engine.running('shop', 'web')).toHaveLength(3);
    simulated.setProject('shop', { web: { ...WEB, scale: 1 }, db: DB });
    expect(actions(await outcomeOf('shop'))).toMatchObject({ web: 'scale' });
    expect(simulated.engine.running('shop', 'web')).toEqual([first]);
  });

  it('that takes a service away removes its containers', async () => {
    simulated.setProject('shop', { db: DB });
    expect(actions(await outcomeOf('shop'))).toEqual({ web: 'remove', db: 'none' });
    expect(simulated.engine.running('shop', 'web')).toEqual([]);
  });

  it('starts a container that somebody stopped, without a new one', async () => {
    const [web] = simulated.engine.running('shop', 'web');
    web?.stop();
    expect(actions(await outcomeOf('shop'))).toMatchObject({ web: 'start' });
    expect(simulated.engine.running('shop', 'web')).toEqual([web]);
  });

  it('that switches the project off takes the stack down, and on again up', async () => {
    simulated.setProject('shop', { web: WEB, db: DB }, { enabled: false });
    expect((await outcomeOf('shop')).status).toBe('down');
    expect(ids()).toEqual([]);
    expect((await outcomeOf('shop')).status).toBe('unchanged');
    simulated.setProject('shop', { web: WEB, db: DB });
    expect((await outcomeOf('shop')).status).toBe('deployed');
  });

  it('goes forward and back and forward again: nothing is remembered but the last', async () => {
    for (const level of ['debug', 'info', 'debug']) {
      simulated.setProject('shop', { web: { ...WEB, environment: { LEVEL: level } }, db: DB });
      expect(actions(await outcomeOf('shop'))).toMatchObject({ web: 'rollout' });
    }
  });
});

describe('a version that does not come up', () => {
  beforeEach(async () => {
    simulated.setProject('shop', { web: WEB });
    await deploy();
  });

  it.each(['unhealthy', 'exits', 'crash-loop'] as const)(
    '(%s) leaves the old one serving',
    async (behaviour) => {
      const before = ids();
      simulated.engine.addImage('web:2', 'two', behaviour);
      simulated.setProject('shop', { web: { ...WEB, image: 'web:2' } });
      const outcome = await outcomeOf('shop');
      expect(outcome.status).toBe('failed');
      expect(outcome.problems[0]?.message).toContain('web');
      expect(ids()).toEqual(before);
      expect(simulated.lines.join('\n')).toContain('last words of shop-web-2');
      simulated.setProject('shop', { web: WEB });
      expect((await outcomeOf('shop')).status).toBe('unchanged');
    },
  );

  it('fails the first deploy with the last lines of the container', async () => {
    simulated.setProject('blog', { web: { image: 'bad:1', healthcheck: { test: ['CMD', 'false'] } } });
    simulated.engine.addImage('bad:1', 'bad', 'unhealthy');
    const outcome = await outcomeOf('blog');
    expect(outcome).toMatchObject({ status: 'failed', problems: [{ code: 'not-healthy' }] });
    expect(simulated.lines.join('\n')).toContain('last words of blog-web-1');
  });

  it('is no failure when the container is meant to end', async () => {
    simulated.engine.addImage('job:1', 'job', 'finishes');
    simulated.setProject('shop', { web: WEB, job: { image: 'job:1' } });
    expect((await outcomeOf('shop')).status).toBe('deployed');
    expect((await outcomeOf('shop')).status).toBe('unchanged');
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
    const { outcomes } = await deploy();
    expect(outcomes.map(({ stack, status }) => [stack, status])).toEqual([
      ['store', 'deployed'],
      ['api', 'deployed'],
    ]);
    const [db] = simulated.engine.running('store', 'db');
    expect(db?.networks.get(network)).toEqual(['db', 'store-db']);
  });

  it('stay joined when the provider is rolled', async () => {
    setBoth();
    await deploy();
    simulated.setProject(
      'store',
      { db: { ...WEB, environment: { LEVEL: 'debug' } } },
      { compose: facts('db') },
    );
    await deploy();
    expect(simulated.engine.running('store', 'db').map((one) => one.networks.has(network))).toEqual([true]);
  });

  it('are joined and parted live when only the edge changes', async () => {
    simulated.setProject('store', { db: WEB }, { compose: facts('db') });
    simulated.setProject('api', { web: WEB }, { compose: facts('web') });
    await deploy();
    const before = ids();
    setBoth();
    expect(actions(await outcomeOf('api'))).toEqual({ web: 'connect' });
    expect(simulated.engine.running('api', 'web')[0]?.networks.has(network)).toBe(true);
    simulated.setProject('api', { web: WEB }, { compose: facts('web') });
    expect(actions(await outcomeOf('api'))).toEqual({ web: 'disconnect' });
    expect(simulated.engine.networks.has(network)).toBe(false);
    expect(ids()).toEqual(before);
  });

  it('fail together only when the consumer needs the provider that failed', async () => {
    setBoth();
    simulated.setProject('blog', { web: WEB }, { compose: facts('web') });
    rmSync(simulated.composeFile('store'));
    const { outcomes } = await deploy();
    expect(Object.fromEntries(outcomes.map(({ stack, status }) => [stack, status]))).toEqual({
      store: 'failed',
      api: 'skipped',
      blog: 'deployed',
    });
  });

  it('of which the provider does not run: the consumer fails with the command that starts it', async () => {
    setBoth();
    const outcome = await outcomeOf('api', { stacks: ['api'] });
    expect(outcome.problems).toMatchObject([{ code: 'provider-not-running', help: 'run: nx deploy store' }]);
    expect(ids()).toEqual([]);
  });
});

describe('the host', () => {
  it('is deployed from one checkout', async () => {
    simulated.setProject('shop', { web: WEB });
    await deploy();
    const workspace = simulated.workspace();
    const elsewhere = simulated.context({ root: '/elsewhere' });
    await expect(deployStacks(elsewhere, { workspace })).rejects.toThrow(/is deployed from/);
    await expect(planStacks(elsewhere, { workspace })).rejects.toThrow(/is deployed from/);
  });

  it('may run the same Compose project for somebody else, which is left alone', async () => {
    simulated.setProject('shop', { web: WEB });
    const model = JSON.parse(await readFile(simulated.composeFile('shop'), 'utf8')) as ComposeModel;
    const stack = { project: 'shop', files: ['/home/me/docker-compose.yml'], cwd: '/', env: {} };
    simulated.engine.create('shop', 'web', model, stack, 1).start(0);
    const before = ids();
    expect((await outcomeOf('shop')).problems).toMatchObject([{ code: 'foreign-stack' }]);
    expect(ids()).toEqual(before);
    const adopted = await outcomeOf('shop', { adopt: true });
    expect(actions(adopted)).toEqual({ web: 'none' });
    expect(ids()).toEqual(before);
  });

  it('keeps a stack whose folder is gone until it is pruned', async () => {
    simulated.setProject('shop', { web: WEB });
    simulated.setProject('blog', { web: WEB });
    await deploy();
    simulated.removeProject('blog');
    expect((await deploy()).prunable).toEqual(['blog']);
    expect(simulated.engine.running('blog', 'web')).toHaveLength(1);
    const { outcomes, prunable } = await prune(simulated.context(), { workspace: simulated.workspace() });
    expect(outcomes.map(({ stack, status }) => [stack, status])).toEqual([['blog', 'down']]);
    expect(prunable).toEqual([]);
    expect(simulated.engine.running('blog', 'web')).toEqual([]);
    expect(simulated.engine.running('shop', 'web')).toHaveLength(1);
  });

  it('hides what a failing container prints of its secrets', async () => {
    await mkdir(path.join(simulated.root, 'secrets'));
    await writeFile(path.join(simulated.root, 'secrets/shop.env'), 'PASSWORD="correct horse"\n');
    simulated.engine.addImage('broken', 'broken', 'exits');
    simulated.engine.logsOf = () => 'cannot log in with correct horse\n';
    simulated.setProject('shop', { web: { image: 'broken', environment: { PASSWORD: '${PASSWORD}' } } });
    const outcome = await outcomeOf('shop');
    expect(outcome.status).toBe('failed');
    expect(simulated.lines.join('\n')).toContain('cannot log in with ${PASSWORD}');
    expect(simulated.lines.join('\n') + JSON.stringify(outcome)).not.toContain('correct horse');
  });

  it('decrypts nothing to see that nothing changed', async () => {
    await mkdir(path.join(simulated.root, 'secrets'));
    const file = path.join(simulated.root, 'secrets/shop.enc.env');
    await writeFile(file, 'PASSWORD=ENC[1]\nsops_version=3.9.0\n');
    simulated.engine.decrypted.set('secrets/shop.enc.env', 'PASSWORD=correct horse');
    simulated.setProject('shop', { web: { ...WEB, environment: { PASSWORD: '${PASSWORD}' } } });
    await deploy();
    expect(simulated.engine.running('shop', 'web')[0]?.environment).toEqual({ PASSWORD: 'correct horse' });
    const before = simulated.engine.decryptions;
    expect((await outcomeOf('shop')).status).toBe('unchanged');
    expect(simulated.engine.decryptions).toBe(before);
    // Encrypted anew, as after a change of keys: looked at, and found to be the same.
    await writeFile(file, 'PASSWORD=ENC[2]\nsops_version=3.9.0\n');
    expect((await outcomeOf('shop')).status).toBe('unchanged');
    expect(simulated.engine.decryptions).toBe(before + 1);
  });

  it('holds no secret in the state folder, and notices one that changed', async () => {
    await mkdir(path.join(simulated.root, 'secrets'));
    const secrets = path.join(simulated.root, 'secrets/shop.env');
    await writeFile(secrets, 'PASSWORD="correct horse"\nAUTH="battery staple"\n');
    simulated.setProject('shop', {
      web: { ...WEB, environment: { PASSWORD: '${PASSWORD}' }, labels: { auth: '${AUTH}' } },
    });
    await deploy();
    expect((await outcomeOf('shop')).status).toBe('unchanged');
    expect(simulated.engine.running('shop', 'web')[0]?.environment).toEqual({ PASSWORD: 'correct horse' });
    await writeFile(secrets, 'PASSWORD="tr0ub4dor"\nAUTH="battery staple"\n');
    expect((await outcomeOf('shop')).plan?.services[0]?.reasons).toEqual(['environment PASSWORD']);
    for (const entry of await readdir(path.join(simulated.root, 'state'), {
      recursive: true,
      withFileTypes: true,
    })) {
      if (!entry.isFile()) continue;
      const text = await readFile(path.join(entry.parentPath, entry.name), 'utf8');
      expect(text).not.toMatch(/correct horse|battery staple|tr0ub4dor/);
    }
  });
});

function facts(service: string) {
  const place = { file: 'docker-compose.yml', line: 1, column: 1 };
  return {
    files: [],
    name: null,
    networks: [],
    binds: [],
    services: [
      {
        name: service,
        place,
        networks: null,
        networkMode: null,
        labels: {},
        hasDns: false,
        hasHealthcheck: true,
        image: 'web:1',
        hasBuild: false,
        containerName: null,
        profiles: [],
        publishedPorts: [],
      },
    ],
  };
}
