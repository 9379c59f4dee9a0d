import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';

import type { ComposeService } from '@itsup/docker';

import { deploySteps } from '../execute/converge-stack';
import { SimulatedWorkspace } from '../testing/simulated-workspace';
import { deployStacks } from '../commands/deploy/deploy-stacks';

const HEALTHCHECK = { test: ['CMD', 'true'] };

/** Everything a deploy can have to do with one stack, at once: what is rolled, recreated, added, removed, parted. */
const BEFORE: Record<string, ComposeService> = {
  web: { image: 'web:1', healthcheck: HEALTHCHECK, scale: 2 },
  db: {
    image: 'db:1',
    healthcheck: HEALTHCHECK,
    scale: 2,
    volumes: [{ type: 'volume', source: 'data', target: '/data' }],
  },
  old: { image: 'web:1', healthcheck: HEALTHCHECK },
};
const AFTER: Record<string, ComposeService> = {
  web: { image: 'web:2', healthcheck: HEALTHCHECK, scale: 2 },
  db: {
    image: 'db:2',
    healthcheck: HEALTHCHECK,
    scale: 2,
    volumes: [{ type: 'volume', source: 'data', target: '/data' }],
  },
  fresh: { image: 'web:1', healthcheck: HEALTHCHECK },
};

/** One after the other: what goes on beside a step that is stopped would not stop with it here, as a process does. */
const IN_TURN = { parallelServices: 1 };

let simulated: SimulatedWorkspace;

beforeEach(async () => {
  simulated = await SimulatedWorkspace.create();
  simulated.setProject('shop', BEFORE);
  await deploy();
  simulated.setProject('shop', AFTER);
});

afterEach(() => simulated.dispose());

function deploy() {
  return deployStacks(simulated.context(), {
    workspace: simulated.workspace(),
    stacks: ['shop'],
    ...IN_TURN,
  });
}

/** Starts a deploy that never comes back from the given point, as one that is killed there. */
async function deployUntil(isThere: (moment: string, step: string, count: number) => boolean): Promise<void> {
  let reached = false;
  let count = 0;
  const run = deployStacks(
    simulated.context(),
    { workspace: simulated.workspace(), stacks: ['shop'], ...IN_TURN },
    (moment, step) => {
      if (reached || !isThere(moment, step, (count += 1))) return undefined;
      reached = true;
      return new Promise(() => undefined);
    },
  );
  await Promise.race([run, until(() => reached)]);
  if (!reached) throw new Error('the deploy ended before it was killed');
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 1));
}

function serving(): Record<string, string[]> {
  const names = [...new Set([...simulated.engine.containers.values()].map((one) => one.service))].sort();
  return Object.fromEntries(
    names.map((name) => [name, simulated.engine.running('shop', name).map((one) => one.reference)]),
  );
}

async function expectSettled(): Promise<void> {
  const { outcomes } = await deploy();
  expect(outcomes[0]?.problems).toEqual([]);
  expect(serving()).toEqual({ db: ['db:2', 'db:2'], fresh: ['web:1'], web: ['web:2', 'web:2'] });
  expect(simulated.engine.containers.size).toBe(5);
  const left = await readdir(path.join(simulated.root, 'state/stacks/shop'));
  expect(left.sort()).toEqual(['deployed.json', 'records', 'restore']);
  expect(existsSync(path.join(simulated.root, 'state/published.lock'))).toBe(false);
  const again = await deploy();
  expect(again.outcomes[0]?.status).toBe('unchanged');
}

/** The steps that this deploy goes through, each time it does. */
async function stepsOfThisDeploy(): Promise<string[]> {
  const steps: string[] = [];
  const other = await SimulatedWorkspace.create();
  try {
    other.setProject('shop', BEFORE);
    const request = () => ({ workspace: other.workspace(), stacks: ['shop'], ...IN_TURN });
    await deployStacks(other.context(), request());
    other.setProject('shop', AFTER);
    await deployStacks(other.context(), request(), (moment, step) => void steps.push(`${moment} ${step}`));
  } finally {
    await other.dispose();
  }
  return steps;
}

describe('a deploy that is killed', () => {
  it('between any two steps is finished by the next', async () => {
    const moments = await stepsOfThisDeploy();
    expect(moments.length).toBeGreaterThan(20);
    for (const moment of moments) expect(deploySteps).toContain(moment.split(' ')[1]);
    for (let point = 1; point <= moments.length; point += 1) {
      await deployUntil((_moment, _step, count) => count === point);
      // Whatever was killed, at least the wanted number of web containers went on serving.
      expect(simulated.engine.running('shop', 'web').length).toBeGreaterThanOrEqual(2);
      await expectSettled();
      simulated.setProject('shop', BEFORE);
      await deploy();
      simulated.setProject('shop', AFTER);
    }
  }, 120_000);

  it('between any two changes of the engine is finished by the next', async () => {
    const { engine } = simulated;
    const before = engine.mutations.length;
    await deploy();
    const changes = engine.mutations.length - before;
    expect(changes).toBeGreaterThan(8);
    for (let point = 0; point < changes; point += 1) {
      simulated.setProject('shop', BEFORE);
      await deploy();
      simulated.setProject('shop', AFTER);
      const start = engine.mutations.length;
      engine.hangAfter = start + point;
      const run = deploy();
      await Promise.race([run, until(() => engine.isHanging)]);
      expect(engine.isHanging).toBe(true);
      engine.hangAfter = null;
      engine.isHanging = false;
      await expectSettled();
    }
  }, 120_000);

  it('leaves a lock that a live process would have kept', async () => {
    await deployUntil((moment, step) => moment === 'before' && step === 'drain');
    const alive = simulated.lastPid();
    const summary = await deployStacks(simulated.context({ alive: [alive] }), {
      workspace: simulated.workspace(),
      stacks: ['shop'],
      ...IN_TURN,
      lockWaitMs: 500,
    });
    expect(summary.outcomes[0]?.problems).toMatchObject([{ code: 'locked' }]);
    expect(summary.outcomes[0]?.problems[0]?.message).toContain(`pid ${alive}`);
    await expectSettled();
  });
});

describe('a deploy that is interrupted', () => {
  it('before the switch leaves the old version serving and nothing of the new', async () => {
    const interrupt = new AbortController();
    const summary = await deployStacks(
      simulated.context({ signal: interrupt.signal }),
      { workspace: simulated.workspace(), stacks: ['shop'], ...IN_TURN },
      (moment, step) => {
        if (moment === 'before' && step === 'wait-healthy') interrupt.abort(new Error('interrupted'));
      },
    );
    expect(summary.interrupted).toBe(true);
    expect(summary.outcomes[0]).toMatchObject({ status: 'failed', problems: [{ code: 'interrupted' }] });
    expect(serving()).toMatchObject({ web: ['web:1', 'web:1'] });
    await expectSettled();
  });

  it('starts no further stack', async () => {
    simulated.setProject('blog', { web: { image: 'web:1', healthcheck: HEALTHCHECK } });
    const interrupt = new AbortController();
    interrupt.abort(new Error('interrupted'));
    const { outcomes } = await deployStacks(simulated.context({ signal: interrupt.signal }), {
      workspace: simulated.workspace(),
      stacks: ['blog'],
    });
    expect(outcomes).toMatchObject([{ stack: 'blog', status: 'skipped' }]);
    expect(simulated.engine.running('blog', 'web')).toEqual([]);
  });
});
