import type { ComposeService } from '@itsup/docker';

import { RolloutError } from '@itsup/rollout';
import { SimulatedWorkspace } from '../testing/simulated-workspace';
import { deployStacks } from '../commands/deploy/deploy-stacks';
import { failureProblems } from '../run/failure/failure-problems';

const HEALTHCHECK = { test: ['CMD', 'true'] };
const WEB: ComposeService = { image: 'web:1', healthcheck: HEALTHCHECK };
const DB: ComposeService = {
  image: 'db:1',
  healthcheck: HEALTHCHECK,
  volumes: [{ type: 'volume', source: 'data', target: '/data' }],
};

let simulated: SimulatedWorkspace;

beforeEach(async () => {
  simulated = await SimulatedWorkspace.create();
  simulated.setProject('shop', { web: WEB, db: DB });
  await deployStacks(simulated.context(), { workspace: simulated.workspace(), stacks: ['shop'] });
});

afterEach(() => simulated.dispose());

/** Ctrl-C right before, or right after, a step. */
async function interruptAt(at: string) {
  const interrupt = new AbortController();
  const { outcomes } = await deployStacks(
    simulated.context({ signal: interrupt.signal }),
    { workspace: simulated.workspace(), stacks: ['shop'] },
    (moment, step) => {
      if (`${moment} ${step}` !== at) return;
      interrupt.abort(new Error('interrupted'));
      interrupt.signal.throwIfAborted();
    },
  );
  return outcomes[0]?.problems[0];
}

describe('the message of an interrupt', () => {
  const help = 'the next deploy finishes what is left: itsup deploy shop';

  it('before the switch says that what ran before keeps running', async () => {
    simulated.setProject('shop', { web: { ...WEB, image: 'web:2' }, db: DB });
    expect(await interruptAt('before wait-healthy')).toMatchObject({
      code: 'interrupted',
      message: 'shop: interrupted; what ran before keeps running',
      help,
    });
  });

  it('after it says what serves now and what is left', async () => {
    simulated.setProject('shop', { web: { ...WEB, image: 'web:2' }, db: DB });
    expect(await interruptAt('before publish-routes')).toMatchObject({
      message:
        'shop: interrupted; web: the new containers serve; the next deploy of this stack removes the old ones',
      help,
    });
  });

  it('while something is recreated says what may be down', async () => {
    simulated.setProject('shop', { web: WEB, db: { ...DB, image: 'db:2' } });
    expect(await interruptAt('after recreate')).toMatchObject({
      message: 'shop: interrupted; db was being recreated and may be down until the next deploy',
      help,
    });
  });
});

describe('the message of a recovery that failed', () => {
  it('is one line with a cure, and no stack trace', () => {
    const context = simulated.context();
    const spec = { stack: 'proxy' };
    const error = new RolloutError('Traefik does not come up on the public ports', ['last line of it']);
    expect(failureProblems({ context, hide: (text) => text }, spec, error)).toEqual([
      {
        code: 'recovery-failed',
        severity: 'error',
        project: 'proxy',
        message:
          'proxy: what an earlier deploy left could not be settled: Traefik does not come up on the public ports',
        help: 'correct that and run: itsup deploy proxy',
      },
    ]);
    expect(simulated.lines).toContain('proxy:   | last line of it');
  });
});
