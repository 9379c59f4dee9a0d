import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { formatPlan } from '../format/format-plan';
import { planStacks } from '../commands/plan/plan-stacks';
import { deployStacks } from '../commands/deploy/deploy-stacks';
import { WEB } from '../testing/deploy-simulated';
import { SimulatedWorkspace } from '../testing/simulated-workspace';

let simulated: SimulatedWorkspace;

beforeEach(async () => {
  simulated = await SimulatedWorkspace.create();
  write('projects/shop/ingress.yml', 'ingress: []\n');
  render('1');
});
afterEach(() => simulated.dispose());

/** What the product makes of the same sources. */
function render(rendering: string): void {
  simulated.setProject('shop', { web: { ...WEB, labels: { rendering } } });
}

function write(file: string, text: string): void {
  const target = path.join(simulated.root, file);
  mkdirSync(path.dirname(target), { recursive: true });
  writeFileSync(target, text);
}

async function deployWith(product: string): Promise<string[]> {
  const { outcomes } = await deployStacks(simulated.context({ product }), {
    workspace: simulated.workspace(),
    stacks: ['shop'],
  });
  return outcomes.flatMap(({ status, problems }) => [status, ...problems.map(({ message }) => message)]);
}

async function planWith(product: string): Promise<string> {
  return formatPlan(
    await planStacks(simulated.context({ product }), { workspace: simulated.workspace(), stacks: ['shop'] }),
  );
}

it('names a change as the product’s when nobody wrote anything else', async () => {
  expect(await deployWith('1.4.0')).toEqual(['deployed']);
  render('2');
  expect(await planWith('1.5.0')).toContain('label rendering, rendered by itsup 1.5.0, before by 1.4.0');
  expect(await planWith('1.4.0')).not.toContain('rendered by');
  expect(await deployWith('1.5.0')).toEqual(['deployed']);
  render('3');
  expect(await planWith('1.5.0')).not.toContain('rendered by');
});

it('says that it may be the product’s when somebody wrote something too', async () => {
  await deployWith('1.4.0');
  render('2');
  write('projects/shop/ingress.yml', 'ingress: [{}]\n');
  const plan = await planWith('1.5.0');
  expect(plan).toContain("itsup 1.4.0 deployed it last, this is 1.5.0: a change may be the product's");
  expect(plan).not.toContain('rendered by');
});

it('says nothing of the product where a container is gone', async () => {
  await deployWith('1.4.0');
  simulated.engine.containers.clear();
  const plan = await planWith('1.5.0');
  expect(plan).toContain('web');
  expect(plan).not.toContain('rendered by');
});

it('refuses the state folder of a later format, with the version that wrote it', async () => {
  await deployWith('2.0.0');
  const file = path.join(simulated.root, 'state/workspace.json');
  const identity = JSON.parse(readFileSync(file, 'utf8')) as object;
  expect(identity).toMatchObject({ version: 1, product: '2.0.0' });
  writeFileSync(file, JSON.stringify({ ...identity, version: 2 }));
  await expect(deployWith('1.5.0')).rejects.toThrow(
    /written by itsup 2\.0\.0 in format 2, and this one reads 1 alone/,
  );
});
