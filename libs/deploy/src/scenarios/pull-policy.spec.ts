import { outcomeOf, WEB } from '../testing/deploy-simulated';
import { SimulatedWorkspace } from '../testing/simulated-workspace';

const HOUR = 3_600_000;

let simulated: SimulatedWorkspace;
beforeEach(async () => {
  simulated = await SimulatedWorkspace.create();
});
afterEach(() => simulated.dispose());

function serve(image: string, content: string): void {
  const { engine } = simulated;
  const before = engine.images.get(image);
  engine.addImage(image, content);
  const added = engine.imageOf(image);
  if (added !== undefined) engine.registry.set(image, added);
  if (before === undefined) engine.images.delete(image);
  else engine.images.set(image, before);
}

const fetched = (): string[] => simulated.engine.mutations.filter((one) => /^(?:pull|build) /.test(one));

it('asks the registry with every deploy of pull_policy: always, though nothing else changed', async () => {
  simulated.setProject('shop', { web: { ...WEB, pull_policy: 'always' } });
  serve('web:1', 'one');
  await outcomeOf(simulated, 'shop');
  expect(await outcomeOf(simulated, 'shop')).toMatchObject({ status: 'unchanged' });
  expect(fetched()).toEqual(['pull web:1', 'pull web:1']);
  serve('web:1', 'two');
  expect(await outcomeOf(simulated, 'shop')).toMatchObject({ status: 'deployed' });
  expect(fetched()).toHaveLength(3);
});

it('asks it again once the time of pull_policy: every_… is over', async () => {
  simulated.setProject('shop', { web: { ...WEB, pull_policy: 'every_12h' } });
  simulated.engine.addImage('web:1', 'one');
  const now = simulated.context().system.now();
  const image = simulated.engine.imageOf('web:1');
  if (image === undefined) throw new Error('no image');
  simulated.engine.images.set('web:1', { ...image, tagged: now });
  serve('web:1', 'two');
  await outcomeOf(simulated, 'shop');
  await outcomeOf(simulated, 'shop');
  expect(fetched()).toEqual([]);
  simulated.engine.images.set('web:1', { ...image, tagged: now - 13 * HOUR });
  simulated.setProject('shop', { web: { ...WEB, pull_policy: 'every_12h', environment: { A: 'b' } } });
  await outcomeOf(simulated, 'shop');
  expect(fetched()).toEqual(['pull web:1']);
});

it('builds with every deploy what pull_policy: build asks for, and replaces nothing for the same image', async () => {
  simulated.setProject('shop', { web: { ...WEB, build: { context: '.' }, pull_policy: 'build' } });
  await outcomeOf(simulated, 'shop');
  const before = [...simulated.engine.containers.keys()];
  expect(await outcomeOf(simulated, 'shop')).toMatchObject({ status: 'unchanged' });
  expect(fetched()).toEqual(['build web', 'build web']);
  expect([...simulated.engine.containers.keys()]).toEqual(before);
});

it('pulls no image that another service of the project builds', async () => {
  simulated.setProject('shop', {
    web: { ...WEB, image: 'app', build: { context: '.' } },
    worker: { ...WEB, image: 'app' },
  });
  expect(await outcomeOf(simulated, 'shop')).toMatchObject({ status: 'deployed' });
  expect(fetched()).toEqual(['build web']);
});

it('refuses an image that is not there and may not be pulled, before anything is touched', async () => {
  simulated.setProject('shop', { web: { ...WEB, image: 'absent:1', pull_policy: 'never' } });
  simulated.engine.images.delete('absent:1');
  serve('absent:1', 'one');
  const outcome = await outcomeOf(simulated, 'shop');
  expect(outcome).toMatchObject({ status: 'failed', problems: [{ code: 'image-absent' }] });
  expect(fetched()).toEqual([]);
});
