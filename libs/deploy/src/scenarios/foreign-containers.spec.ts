import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';

import type { ComposeModel, ComposeService } from '@itsup/docker';

import { SimulatedWorkspace } from '../testing/simulated-workspace';
import { deployStacks } from '../commands/deploy/deploy-stacks';
import { downStacks } from '../commands/down/down-stacks';
import type { StackOutcome } from '../requests';
import { planStacks } from '../commands/plan/plan-stacks';
import { restartStacks } from '../commands/restart-stacks';
import { rollback } from '../commands/rollback/rollback';

const WEB: ComposeService = { image: 'web:1', healthcheck: { test: ['CMD', 'true'] } };
const NAME = 'nextcloud';

let simulated: SimulatedWorkspace;

beforeEach(async () => {
  simulated = await SimulatedWorkspace.create();
  simulated.setProject(NAME, { web: WEB });
});

afterEach(() => simulated.dispose());

/** Somebody runs a Compose project of the same name from a folder of their own. */
function runByHand(): void {
  const model = JSON.parse(readFileSync(simulated.composeFile(NAME), 'utf8')) as ComposeModel;
  const stack = { project: NAME, files: ['/home/me/docker-compose.yml'], cwd: '/', env: {} };
  simulated.engine.start(simulated.engine.addReplica(stack, 'web', model, 1));
}

function request() {
  return { workspace: simulated.workspace(), stacks: [NAME] };
}

const COMMANDS: Record<string, () => Promise<StackOutcome | undefined>> = {
  down: async () => (await downStacks(simulated.context(), { ...request(), volumes: true })).outcomes[0],
  restart: async () => (await restartStacks(simulated.context(), request())).outcomes[0],
  rollback: () => rollback(simulated.context(), { workspace: simulated.workspace(), stack: NAME }),
};

describe('containers of the same Compose project that somebody else started', () => {
  it.each(Object.keys(COMMANDS))('are not touched by %s', async (command) => {
    for (let round = 0; round < 2; round += 1) {
      await deployStacks(simulated.context(), request());
      simulated.setProject(NAME, { web: { ...WEB, environment: { ROUND: String(round) } } });
    }
    await downStacks(simulated.context(), request());
    // With records to go back to, and nothing deployed any more.
    await rm(path.join(simulated.root, `state/stacks/${NAME}/deployed.json`), { force: true });
    runByHand();
    const before = simulated.engine.running(NAME, 'web');
    const changes = simulated.engine.mutations.length;
    const outcome = await COMMANDS[command]?.();
    expect(outcome).toMatchObject({ status: 'failed', problems: [{ code: 'foreign-stack' }] });
    expect(simulated.engine.mutations).toHaveLength(changes);
    expect(simulated.engine.running(NAME, 'web')).toEqual(before);
  });

  it('are left alone by a project that is switched off, which says so', async () => {
    simulated.setProject(NAME, { web: WEB }, { enabled: false });
    runByHand();
    const note =
      'containers of a Compose project nextcloud run, made from /home/me/docker-compose.yml: left alone; deploy with --adopt takes them down';
    const plan = await planStacks(simulated.context(), request());
    expect(plan.stacks).toMatchObject([{ unchanged: true, services: [], notes: [note] }]);
    const { outcomes } = await deployStacks(simulated.context(), request());
    expect(outcomes).toMatchObject([{ status: 'unchanged', problems: [] }]);
    expect(simulated.lines).toContain(`nextcloud: note: ${note}`);
    expect(simulated.engine.running(NAME, 'web')).toHaveLength(1);
    const adopted = await deployStacks(simulated.context(), { ...request(), adopt: true });
    expect(adopted.outcomes).toMatchObject([{ status: 'down' }]);
    expect(simulated.engine.containers.size).toBe(0);
  });
});
