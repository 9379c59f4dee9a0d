import { UserError } from '@itsup/config';
import type { ComposeService } from '@itsup/docker';

import { DB, outcomeOf } from '../testing/deploy-simulated';
import { SimulatedWorkspace } from '../testing/simulated-workspace';

const HOOK = { command: ['warm', 'up'] };

let simulated: SimulatedWorkspace;
/** The containers' images and the command of each hook that ran. */
let ran: string[];

beforeEach(async () => {
  simulated = await SimulatedWorkspace.create();
  ran = [];
  simulated.engine.exec = (container, argv) => {
    if (argv.includes('warm') || argv.includes('other'))
      ran.push(`${container.definition.reference} ${argv.join(' ')}`);
    return Promise.resolve({ exitCode: argv.includes('other') ? 1 : 0, stdout: '', stderr: '' });
  };
  simulated.engine.addImage('ends:1', 'ends', 'exits');
});

afterEach(() => simulated.dispose());

async function deployed(db: ComposeService): Promise<{ status: string; lines: string }> {
  simulated.setProject('shop', { db: { ...DB, ...db } });
  const { status } = await outcomeOf(simulated, 'shop');
  return { status, lines: JSON.stringify(simulated.lines) };
}

it('runs post_start in a container that is started again, where it is the one that the container had', async () => {
  expect((await deployed({ post_start: [HOOK] })).status).toBe('deployed');
  ran = [];
  const { status, lines } = await deployed({ post_start: [HOOK], image: 'ends:1' });
  expect(status).toBe('failed');
  expect(lines).toContain('runs again as before');
  expect(ran).toEqual(['db:1 warm up']);
});

it('runs no hook that the container did not have, and says so', async () => {
  expect((await deployed({ post_start: [HOOK] })).status).toBe('deployed');
  ran = [];
  const { lines } = await deployed({ post_start: [{ command: ['other'] }], image: 'ends:1' });
  expect(lines).toContain('db: its post_start was another one, and was not run');
  expect(ran).toEqual([]);
});

it('runs no hook in a container that was not stopped', async () => {
  expect((await deployed({ post_start: [HOOK] })).status).toBe('deployed');
  ran = [];
  const { engine } = simulated;
  const mutate = engine.mutate.bind(engine);
  engine.mutate = async (what) => {
    if (what.startsWith('recreate: stop'))
      throw new UserError({ code: 'no-room', severity: 'error', message: 'no space left on device' });
    await mutate(what);
  };
  const { status, lines } = await deployed({ post_start: [HOOK], environment: { A: 'b' } });
  expect(status).toBe('failed');
  expect(lines).toContain('runs again as before');
  expect(ran).toEqual([]);
});
