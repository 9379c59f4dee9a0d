import type { ComposeService } from '@itsup/docker';

import { SimulatedWorkspace } from '../testing/simulated-workspace';
import { deployStacks } from '../commands/deploy/deploy-stacks';
import { downStacks } from '../commands/down/down-stacks';
import { prune } from '../commands/down/prune';

const DB: ComposeService = {
  image: 'db:1',
  healthcheck: { test: ['CMD', 'true'] },
  volumes: [{ type: 'volume', source: 'data', target: '/data' }],
};

let simulated: SimulatedWorkspace;

beforeEach(async () => {
  simulated = await SimulatedWorkspace.create();
  for (const name of ['shop', 'blog']) {
    simulated.setProject(name, { db: DB });
    simulated.engine.volumes.set(`${name}_data`, { 'com.docker.compose.project': name });
  }
  await deployStacks(simulated.context(), { workspace: simulated.workspace(), stacks: ['shop', 'blog'] });
});

afterEach(() => simulated.dispose());

const volumes = (): string[] => [...simulated.engine.volumes.keys()];

describe('a named volume', () => {
  it('outlives down, and goes with --volumes, nobody else’s along', async () => {
    const request = { workspace: simulated.workspace(), stacks: ['shop'] };
    await downStacks(simulated.context(), request);
    expect(simulated.engine.running('shop', 'db')).toEqual([]);
    expect(volumes()).toEqual(['shop_data', 'blog_data']);
    await downStacks(simulated.context(), { ...request, volumes: true });
    expect(volumes()).toEqual(['blog_data']);
  });

  it('outlives prune, and goes with --volumes', async () => {
    simulated.removeProject('shop');
    await prune(simulated.context(), { workspace: simulated.workspace() });
    expect(simulated.engine.running('shop', 'db')).toEqual([]);
    expect(volumes()).toEqual(['shop_data', 'blog_data']);
    simulated.removeProject('blog');
    await prune(simulated.context(), { workspace: simulated.workspace(), volumes: true });
    expect(volumes()).toEqual(['shop_data']);
  });

  it('outlives enabled: false and a service that is taken out', async () => {
    simulated.setProject('shop', { db: DB }, { enabled: false });
    simulated.setProject('blog', { web: { image: 'web:1', healthcheck: { test: ['CMD', 'true'] } } });
    const summary = await deployStacks(simulated.context(), {
      workspace: simulated.workspace(),
      stacks: ['shop', 'blog'],
    });
    expect(summary.outcomes.map(({ status }) => status)).not.toContain('failed');
    expect(simulated.engine.running('blog', 'db')).toEqual([]);
    expect(volumes()).toEqual(['shop_data', 'blog_data']);
  });
});
