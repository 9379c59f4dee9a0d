import { readFile } from 'node:fs/promises';
import path from 'node:path';

import type { ComposeService } from '@itsup/docker';

import { deployStacks } from '../commands/deploy/deploy-stacks';
import type { DeploySummary } from '../requests';
import { PARALLEL } from '../run/schedule/slots';
import type { JournalFile } from '../state/journal';
import { SimulatedWorkspace } from '../testing/simulated-workspace';

const service = (image: string): ComposeService => ({ image, healthcheck: { test: ['CMD', 'true'] } });

let simulated: SimulatedWorkspace;

beforeEach(async () => {
  simulated = await SimulatedWorkspace.create();
  simulated.setProject('shop', { api: service('api:1'), web: service('web:1') });
  await deploy();
  simulated.setProject('shop', { api: service('api:2'), web: service('web:2') });
});

afterEach(() => simulated.dispose());

function deploy(hook?: (moment: string, step: string) => Promise<void> | undefined): Promise<DeploySummary> {
  const request = { workspace: simulated.workspace(), stacks: ['shop'], parallelServices: 8 };
  return deployStacks(simulated.context(), request, hook);
}

function serving(): string[] {
  return ['api', 'web'].flatMap((name) =>
    simulated.engine.running('shop', name).map(({ reference }) => reference),
  );
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 1));
}

describe('two rollouts of one stack', () => {
  it('are under way at the same time', async () => {
    const steps: string[] = [];
    await deploy((moment, step) => void steps.push(`${moment} ${step}`));
    const starts = steps.flatMap((step, index) => (step === 'before start-new' ? [index] : []));
    expect(starts).toHaveLength(2);
    expect(starts[1]).toBeLessThan(steps.indexOf('before stop-old'));
    expect(serving()).toEqual(['api:2', 'web:2']);
  });

  it.each(['wait-healthy', 'drain', 'unpin'])('are both settled after a kill before %s', async (step) => {
    let stopped = 0;
    void deploy((moment, name) => {
      if (moment !== 'before' || name !== step) return undefined;
      stopped += 1;
      return new Promise(() => undefined);
    });
    await until(() => stopped === 2);
    const file = path.join(simulated.root, 'state/stacks/shop/journal.json');
    const { rollout, rolloutsBeside } = JSON.parse(await readFile(file, 'utf8')) as JournalFile;
    expect([rollout, ...(rolloutsBeside ?? [])].map((one) => one?.service).sort()).toEqual(['api', 'web']);

    const { outcomes } = await deploy();
    expect(outcomes[0]?.problems).toEqual([]);
    expect(serving()).toEqual(['api:2', 'web:2']);
    expect(simulated.engine.containers.size).toBe(2);
    expect((await deploy()).outcomes[0]?.status).toBe('unchanged');
  });
});

describe('a one-shot that fails', () => {
  it('ends the deploy, and the old version serves', async () => {
    simulated.engine.addImage('migrate:1', 'migrate', 'exits');
    const depends_on = { migrate: { condition: 'service_completed_successfully' as const } };
    simulated.setProject('shop', {
      api: service('api:1'),
      migrate: { image: 'migrate:1' },
      web: { ...service('web:2'), depends_on },
    });
    const { outcomes } = await deploy();
    expect(outcomes[0]?.status).toBe('failed');
    expect(outcomes[0]?.problems[0]?.message).toContain('did not complete successfully');
    expect(serving()).toEqual(['api:1', 'web:1']);
  });
});

describe('more services than may start at once', () => {
  const names = ['a', 'b', 'c', 'd', 'e'];
  const all = (version: number): Record<string, ComposeService> =>
    Object.fromEntries(names.map((name) => [name, service(`${name}:${version}`)]));

  it('start a few at a time, and the next one starts while the others drain', async () => {
    simulated.setProject('shop', all(1));
    await deploy();
    simulated.setProject('shop', all(2));
    let starting = 0;
    let begun = 0;
    let most = 0;
    const request = { workspace: simulated.workspace(), stacks: ['shop'], parallelServices: 4 };
    const { outcomes } = await deployStacks(simulated.context(), request, async (moment, step) => {
      if (step === 'start-new' || step === 'wait-healthy') starting += moment === 'before' ? 1 : -1;
      most = Math.max(most, starting);
      if (moment !== 'before') return;
      if (step === 'start-new') {
        begun += 1;
        await until(() => begun >= 4);
        // Time for one more, if it may.
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      // The last one starts, although nobody's drain has ended.
      if (step === 'drain') await until(() => begun === names.length);
    });
    expect(outcomes.map(({ status }) => status)).toEqual(['deployed']);
    expect(most).toBe(4);
  });
});

describe('more stacks than may start at once', () => {
  const names = Array.from({ length: PARALLEL + 2 }, (_, index) => `site-${index}`);

  it('start a few at a time, and of those under way the next starts while the last ones drain', async () => {
    for (const name of names) simulated.setProject(name, { web: service('web:1') });
    const request = { workspace: simulated.workspace(), stacks: names, parallel: names.length };
    await deployStacks(simulated.context(), request);
    for (const name of names) simulated.setProject(name, { web: service('web:2') });

    let starting = 0;
    let begun = 0;
    let most = 0;
    const { outcomes } = await deployStacks(
      simulated.context(),
      { ...request, workspace: simulated.workspace() },
      async (moment, step) => {
        if (step === 'start-new' || step === 'wait-healthy') starting += moment === 'before' ? 1 : -1;
        most = Math.max(most, starting);
        if (moment !== 'before') return;
        if (step === 'start-new') {
          begun += 1;
          await until(() => begun >= PARALLEL);
          // Time for one more, if it may.
          await new Promise((resolve) => setTimeout(resolve, 100));
        }
        // The last ones start, although nobody's drain has ended.
        if (step === 'drain') await until(() => begun === names.length);
      },
    );
    expect(outcomes.map(({ status }) => status)).toEqual(names.map(() => 'deployed'));
    expect(most).toBe(PARALLEL);
  });
});
