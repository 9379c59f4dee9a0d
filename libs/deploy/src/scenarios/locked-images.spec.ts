import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { imagesInUse, lockImages, updateImages } from '../commands/lock-images';
import { deploy, outcomeOf, WEB } from '../testing/deploy-simulated';
import { SimulatedWorkspace } from '../testing/simulated-workspace';
import { deployStacks } from '../commands/deploy/deploy-stacks';
import { planStacks } from '../commands/plan/plan-stacks';

const DIGEST = { one: `sha256:${'1'.repeat(64)}`, two: `sha256:${'2'.repeat(64)}` };

let simulated: SimulatedWorkspace;
beforeEach(async () => {
  simulated = await SimulatedWorkspace.create();
  simulated.setProject('shop', { web: WEB });
  // Nothing on the engine yet: it all comes from the registry.
  simulated.engine.images.clear();
  serve('web:1', 'one');
});
afterEach(() => simulated.dispose());

/** What the registry has under the name from now on; by its digest it has everything that it ever had. */
function serve(image: string, version: keyof typeof DIGEST): void {
  const { engine } = simulated;
  const [repository = ''] = image.split(':');
  const before = engine.images.get(image);
  engine.addImage(image, `${image} ${version}`);
  const added = engine.imageOf(image);
  if (added === undefined) throw new Error(`${image} was not added`);
  const served = { ...added, digests: [`${repository}@${DIGEST[version]}`] };
  if (before === undefined) engine.images.delete(image);
  else engine.images.set(image, before);
  engine.registry.set(image, served);
  engine.registry.set(`${repository}@${DIGEST[version]}`, served);
}

function lock(text: string): void {
  mkdirSync(path.join(simulated.root, 'projects'), { recursive: true });
  writeFileSync(path.join(simulated.root, 'projects/images.lock.yml'), text);
}

const lockText = (): string => readFileSync(path.join(simulated.root, 'projects/images.lock.yml'), 'utf8');
const found = () => imagesInUse(simulated.context(), simulated.workspace(), ['shop']);

async function plan(pull = false) {
  const { stacks, failed } = await planStacks(simulated.context(), {
    workspace: simulated.workspace(),
    stacks: ['shop'],
    pull,
  });
  expect(failed).toEqual([]);
  const [shop] = stacks;
  if (shop === undefined) throw new Error('shop has no plan');
  return shop;
}

it('gives a fresh host the content that is locked, whatever the tag stands for by now', async () => {
  serve('web:1', 'two');
  lock(`web:1: ${DIGEST.one}\n`);
  expect(await outcomeOf(simulated, 'shop')).toMatchObject({ status: 'deployed' });
  expect(simulated.engine.mutations).toEqual(
    expect.arrayContaining([`pull web@${DIGEST.one}`, `tag web@${DIGEST.one} web:1`]),
  );
  expect(simulated.engine.mutations).not.toContain('pull web:1');
  expect((await plan()).unchanged).toBe(true);
});

it('pulls nothing newer while it is locked, and rolls what the lock says when that changes', async () => {
  lock(`web:1: ${DIGEST.one}\n`);
  await deploy(simulated);
  serve('web:1', 'two');
  const before = simulated.engine.mutations.length;
  expect(await outcomeOf(simulated, 'shop', { pull: true })).toMatchObject({ status: 'unchanged' });
  expect(simulated.engine.mutations).toHaveLength(before);

  lock(`web:1: ${DIGEST.two}\n`);
  const planned = await plan();
  expect(planned.services[0]).toMatchObject({
    action: 'rollout',
    pull: true,
    reasons: ['image web:1 → 222222222222, by images.lock.yml'],
  });
  expect(await outcomeOf(simulated, 'shop')).toMatchObject({ status: 'deployed' });
  expect((await plan()).unchanged).toBe(true);
});

it('touches nothing when what is locked cannot be had', async () => {
  await deploy(simulated);
  lock(`web:1: sha256:${'9'.repeat(64)}\n`);
  const before = [...simulated.engine.containers.keys()];
  expect(await outcomeOf(simulated, 'shop')).toMatchObject({ status: 'failed' });
  expect([...simulated.engine.containers.keys()]).toEqual(before);
});

it('records what it pulls for the first time, once, sorted, and says so', async () => {
  simulated.setProject('shop', { web: WEB, also: { ...WEB, image: 'also:1' } });
  simulated.engine.images.clear();
  serve('also:1', 'two');
  await deploy(simulated);
  const lines = [`also:1: ${DIGEST.two}`, `web:1: ${DIGEST.one}`];
  expect(lockText().trim().split('\n').slice(1)).toEqual(lines);
  expect(simulated.lines).toContain(': recorded in projects/images.lock.yml: also:1, web:1: commit it');
  const written = statSync(path.join(simulated.root, 'projects/images.lock.yml'));
  const said = simulated.lines.filter((line) => line.includes('recorded')).length;
  expect(await outcomeOf(simulated, 'shop')).toMatchObject({ status: 'unchanged' });
  expect((await plan()).unchanged).toBe(true);
  expect(statSync(path.join(simulated.root, 'projects/images.lock.yml'))).toMatchObject({ ino: written.ino });
  expect(simulated.lines.filter((line) => line.includes('recorded'))).toHaveLength(said);
});

it('holds the image of a hook too', async () => {
  simulated.setProject('shop', { web: { ...WEB, pre_start: [{ image: 'hook:1', command: ['true'] }] } });
  simulated.engine.images.clear();
  serve('hook:1', 'two');
  lock(`hook:1: ${DIGEST.one}\nweb:1: ${DIGEST.one}\n`);
  serve('hook:1', 'one');
  serve('hook:1', 'two');
  expect(await outcomeOf(simulated, 'shop')).toMatchObject({ status: 'deployed' });
  expect(simulated.engine.imageOf('hook:1')).toMatchObject({ digests: [`hook@${DIGEST.one}`] });
  expect((await found()).images).toMatchObject([
    { image: 'hook:1', locked: DIGEST.one, present: DIGEST.one },
    { image: 'web:1' },
  ]);
});

it.each([{ CI: 'true' }, { INVOCATION_ID: 'of a unit' }])(
  'leaves the checkout as it is where nobody sits at the deploy: %j',
  async (env) => {
    const workspace = simulated.workspace();
    await deployStacks(simulated.context({ env }), { workspace, stacks: ['shop'] });
    expect(existsSync(path.join(simulated.root, 'projects/images.lock.yml'))).toBe(false);
    expect(simulated.lines).toContain(
      ': note: not in projects/images.lock.yml: web:1 (itsup images lock, and commit it)',
    );
  },
);

it('records nothing of whoever asks for the newest, nor of images that are here already', async () => {
  await deploy(simulated, { pull: true });
  simulated.engine.images.clear();
  simulated.engine.addImage('here:1', 'loaded from a file');
  simulated.setProject('other', { web: { ...WEB, image: 'here:1' } });
  await deploy(simulated, { stacks: ['other'] });
  expect(existsSync(path.join(simulated.root, 'projects/images.lock.yml'))).toBe(false);
});

it('records what is there, says what it does not hold, and forgets what nothing runs', async () => {
  await deploy(simulated, { pull: true });
  expect((await plan()).notes).toEqual([]);
  expect(await lockImages(simulated.context(), await found())).toEqual([
    { image: 'web:1', from: null, to: DIGEST.one },
  ]);
  expect(lockText()).toContain(`web:1: ${DIGEST.one}\n`);
  expect((await plan()).unchanged).toBe(true);

  simulated.setProject('shop', { web: { ...WEB, image: 'made-here:1' } });
  simulated.engine.addImage('made-here:1', 'loaded from a file');
  expect((await plan()).notes).toEqual(['not in images.lock.yml: made-here:1 (itsup images lock)']);
  expect((await found()).images).toMatchObject([
    { image: 'made-here:1', unlockable: 'built or loaded here: no registry knows it', stacks: ['shop'] },
  ]);
  expect(await lockImages(simulated.context(), await found())).toEqual([
    { image: 'web:1', from: DIGEST.one, to: null },
  ]);
});

it('records an update, which the next deploy rolls out', async () => {
  await deploy(simulated);
  await lockImages(simulated.context(), await found());
  serve('web:1', 'two');
  expect(await updateImages(simulated.context(), ['web:1'])).toEqual([
    { image: 'web:1', from: DIGEST.one, to: DIGEST.two },
  ]);
  expect((await plan()).services[0]).toMatchObject({ action: 'rollout' });
});

it('fails before anything is touched with a lock that cannot be read', async () => {
  lock('web:1: latest\n');
  await expect(deploy(simulated)).rejects.toThrow('"web:1" needs a digest');
  expect(simulated.engine.mutations).toEqual([]);
});

it('builds on the content that is locked, and again when that changes', async () => {
  const folder = path.join(simulated.root, 'projects/shop/web');
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'Dockerfile'), 'FROM web:1 AS base\nFROM base\n');
  simulated.setProject('shop', { built: { ...WEB, image: 'built:1', build: { context: folder } } });
  lock(`web:1: ${DIGEST.one}\n`);
  await deploy(simulated);
  const pulled = `pull web@${DIGEST.one}`;
  const { mutations } = simulated.engine;
  expect(mutations.indexOf(pulled)).toBeGreaterThanOrEqual(0);
  expect(mutations.indexOf('build built')).toBeGreaterThan(mutations.indexOf(pulled));
  expect((await plan()).unchanged).toBe(true);
  expect((await found()).images).toMatchObject([{ image: 'web:1', locked: DIGEST.one, present: DIGEST.one }]);
  serve('web:1', 'two');
  lock(`web:1: ${DIGEST.two}\n`);
  expect((await plan()).services[0]).toMatchObject({ build: true });
  await deploy(simulated);
  expect(mutations).toContain(`pull web@${DIGEST.two}`);
});
