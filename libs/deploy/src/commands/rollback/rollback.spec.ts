import type { ComposeService } from '@itsup/docker';

import { formatChosen } from '../../format/format-history';
import type { DeployRecord } from '../../requests';
import { readRecords } from '../../state/records';
import { openState } from '../../state/state';
import { SimulatedWorkspace } from '../../testing/simulated-workspace';
import { deployStacks } from '../deploy/deploy-stacks';
import { rollback } from './rollback';
import path from 'node:path';

const HEALTHCHECK = { test: ['CMD', 'true'] };

let simulated: SimulatedWorkspace;

beforeEach(async () => {
  simulated = await SimulatedWorkspace.create();
});

afterEach(() => simulated.dispose());

function web(change: Partial<ComposeService> = {}): Record<string, ComposeService> {
  return { web: { image: 'web:1', healthcheck: HEALTHCHECK, ...change } };
}

async function deploy() {
  const { outcomes } = await deployStacks(simulated.context(), {
    workspace: simulated.workspace(),
    stacks: ['shop'],
  });
  expect(outcomes[0]?.problems).toEqual([]);
  return outcomes[0]?.status;
}

function back(to?: string) {
  const workspace = simulated.workspace();
  return rollback(simulated.context(), { workspace, stack: 'shop', ...(to !== undefined && { to }) });
}

/** Ids of the records that can be gone back to, oldest first. */
async function records(): Promise<string[]> {
  const all = await readRecords(openState(path.join(simulated.root, 'state')), 'shop');
  return all.map(({ id }) => id).reverse();
}

function running() {
  return simulated.engine
    .running('shop', 'web')
    .map(({ imageId, environment }) => ({ imageId, environment }));
}

describe('rollback', () => {
  it('says what it goes back to before it does anything', async () => {
    simulated.setProject('shop', web({ environment: { LEVEL: 'info' } }));
    await deploy();
    simulated.setProject('shop', web({ environment: { LEVEL: 'debug' } }));
    await deploy();
    const [first = ''] = await records();
    const told: string[] = [];
    const onChosen = (record: DeployRecord): void => {
      told.push(formatChosen(record), JSON.stringify(running()));
    };
    await rollback(simulated.context(), { workspace: simulated.workspace(), stack: 'shop', onChosen });
    expect(told).toEqual([
      expect.stringMatching(new RegExp(`^goes back to ${first}, \\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d UTC`)),
      expect.stringContaining('debug'),
    ]);
  });

  it('goes back to the configuration before, and the next deploy goes forward again', async () => {
    simulated.setProject('shop', web({ environment: { LEVEL: 'info' } }));
    await deploy();
    simulated.setProject('shop', web({ environment: { LEVEL: 'debug' } }));
    await deploy();
    expect(await back()).toMatchObject({
      status: 'deployed',
      plan: { services: [{ action: 'rollout', reasons: ['environment LEVEL'] }] },
    });
    expect(running()).toMatchObject([{ environment: { LEVEL: 'info' } }]);
    expect(await deploy()).toBe('deployed');
    expect(running()).toMatchObject([{ environment: { LEVEL: 'debug' } }]);
  });

  it('goes back to an image whose tag names another one by now', async () => {
    simulated.setProject('shop', web());
    await deploy();
    const [before] = running();
    simulated.engine.addImage('web:1', 'newer');
    // The engine keeps the content before under its id.
    simulated.engine.images.set('old', { id: before?.imageId ?? '', behaviour: 'healthy' });
    expect(await deploy()).toBe('deployed');
    expect(running()).not.toEqual([before]);
    expect(await back()).toMatchObject({ status: 'deployed', problems: [] });
    expect(running()).toMatchObject([{ imageId: before?.imageId }]);
  });

  it('refuses, and touches nothing, when an image is not there any more', async () => {
    simulated.setProject('shop', web());
    await deploy();
    simulated.engine.addImage('web:1', 'newer');
    await deploy();
    const [changes, [record]] = [simulated.engine.mutations.length, await records()];
    expect(await back()).toMatchObject({
      status: 'failed',
      problems: [{ code: 'image-gone', message: expect.stringContaining(`${record} ran`) }],
    });
    expect(simulated.engine.mutations).toHaveLength(changes);
  });

  it('goes back to the record that is asked for', async () => {
    for (const level of ['one', 'two', 'three']) {
      simulated.setProject('shop', web({ environment: { LEVEL: level } }));
      await deploy();
    }
    const [first = ''] = await records();
    expect(await back(first)).toMatchObject({ status: 'deployed' });
    expect(running()).toMatchObject([{ environment: { LEVEL: 'one' } }]);
  });

  it('names the records that there are for one that there is not, and has none before the first', async () => {
    simulated.setProject('shop', web());
    await deploy();
    const [only] = await records();
    expect(await back('20000101')).toMatchObject({
      problems: [{ code: 'not-restorable', help: `there are: ${only}` }],
    });
    expect(await back()).toMatchObject({ problems: [{ code: 'nothing-to-restore' }] });
  });
});
