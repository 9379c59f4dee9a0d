import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { outcomeOf, WEB } from '../testing/deploy-simulated';
import { SimulatedWorkspace } from '../testing/simulated-workspace';

let simulated: SimulatedWorkspace;
let file: string;
beforeEach(async () => {
  simulated = await SimulatedWorkspace.create();
  file = path.join(simulated.root, 'app.db');
  writeFileSync(file, 'one');
  mounted(false);
});
afterEach(() => simulated.dispose());

function mounted(isReadOnly: boolean): void {
  const volumes = [{ type: 'bind' as const, source: file, target: '/app.db', read_only: isReadOnly }];
  simulated.setProject('shop', { web: { ...WEB, volumes } });
}

async function afterAWrite(tracked: string[] = []): Promise<string> {
  const context = (): ReturnType<SimulatedWorkspace['context']> =>
    simulated.context({ tracked: async () => new Set(tracked) });
  await outcomeOf(simulated, 'shop', {}, context());
  writeFileSync(file, 'another');
  return (await outcomeOf(simulated, 'shop', {}, context())).status;
}

describe('a bound file that changed between deploys', () => {
  it('is data where the container may write it and git does not have it', async () => {
    expect(await afterAWrite()).toBe('unchanged');
  });

  it('is an edit where git has it', async () => {
    expect(await afterAWrite([file])).toBe('deployed');
  });

  it('is an edit where no container may write it', async () => {
    mounted(true);
    expect(await afterAWrite()).toBe('deployed');
  });
});

it('goes on with a record that has the content of a file that is data', async () => {
  await outcomeOf(simulated, 'shop', {}, simulated.context({ tracked: async () => new Set([file]) }));
  const [record] = deployedFiles();
  if (record === undefined) throw new Error('no record');
  // As an earlier version wrote it.
  const text = readFileSync(record, 'utf8').replace(/"mount [^"]+":"[^"]+",?/g, '');
  writeFileSync(record, text);
  writeFileSync(file, 'another');
  expect((await outcomeOf(simulated, 'shop')).status).toBe('unchanged');
  expect(readFileSync(record, 'utf8')).toContain('"mount app.db"');
});

function deployedFiles(): string[] {
  return [path.join(simulated.context().state.stackDir('shop'), 'deployed.json')];
}
