import { DockerError, type ComposeService } from '@itsup/docker';

import { readJournal } from '../state/journal';
import { readRecords } from '../state/records';
import { SimulatedWorkspace } from '../testing/simulated-workspace';
import { deployStacks } from '../commands/deploy/deploy-stacks';
import { downStacks } from '../commands/down/down-stacks';

const WEB: ComposeService = { image: 'web:1', healthcheck: { test: ['CMD', 'true'] } };

let simulated: SimulatedWorkspace;

beforeEach(async () => {
  simulated = await SimulatedWorkspace.create();
  simulated.setProject('shop', { web: WEB });
  await deployStacks(simulated.context(), { workspace: simulated.workspace(), stacks: ['shop'] });
});

afterEach(() => simulated.dispose());

describe('what is done to a stack', () => {
  it('leaves a record and no journal, a deploy and a down alike, also where it fails', async () => {
    const { state } = simulated.context();
    const request = { workspace: simulated.workspace(), stacks: ['shop'] };
    const mutate = simulated.engine.mutate.bind(simulated.engine);
    simulated.engine.mutate = (what) => {
      if (what.startsWith('remove '))
        throw new DockerError({ code: 'engine-unreachable', endpoint: null, reason: 'gone' });
      return mutate(what);
    };
    const failed = await downStacks(simulated.context(), request);
    expect(failed.outcomes).toMatchObject([{ status: 'failed', plan: { stack: 'shop' } }]);
    expect(await readJournal(state, 'shop')).toBeNull();
    const [record, deploy] = await readRecords(state, 'shop');
    expect(record).toMatchObject({ command: 'down', outcome: 'failed', restorable: false });
    expect(record?.problems).toHaveLength(1);
    expect(deploy).toMatchObject({ command: 'deploy', outcome: 'deployed', restorable: true });

    simulated.engine.mutate = mutate;
    const done = await downStacks(simulated.context(), request);
    expect(done.outcomes).toMatchObject([{ status: 'down', problems: [] }]);
    expect((await readRecords(state, 'shop'))[0]).toMatchObject({ command: 'down', outcome: 'down' });
  });
});
