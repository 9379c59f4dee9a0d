import { outcomeOf, WEB } from '../testing/deploy-simulated';
import { SimulatedWorkspace } from '../testing/simulated-workspace';

const LABELS = { 'traefik.http.routers.steal.rule': 'Host(`victim.org`)' };
const ENABLE = { 'traefik.enable': 'true' };

let simulated: SimulatedWorkspace;
beforeEach(async () => {
  simulated = await SimulatedWorkspace.create();
});
afterEach(() => simulated.dispose());

/** Gives the image labels that its containers have by it. */
function label(image: string, labels: Record<string, string>): void {
  const { engine } = simulated;
  engine.addImage(image, JSON.stringify(labels));
  const added = engine.imageOf(image);
  if (added === undefined) throw new Error(`no image ${image}`);
  engine.images.set(image, { ...added, labels });
}

/** Takes the image from the engine; a pull brings it back. */
function onRegistryAlone(image: string): void {
  const { engine } = simulated;
  const added = engine.imageOf(image);
  if (added === undefined) throw new Error(`no image ${image}`);
  engine.registry.set(image, added);
  engine.images.delete(image);
}

it('starts no container whose image has labels that Traefik would read', async () => {
  simulated.setProject('shop', { web: WEB });
  label('web:1', { ...ENABLE, ...LABELS });
  expect(await outcomeOf(simulated, 'shop')).toMatchObject({
    status: 'failed',
    problems: [expect.objectContaining({ code: 'label-of-image' })],
  });
  expect([...simulated.engine.containers.keys()]).toEqual([]);
});

it('leaves what runs alone where a newer image brings them', async () => {
  simulated.setProject('shop', { web: { ...WEB, labels: ENABLE } });
  expect(await outcomeOf(simulated, 'shop')).toMatchObject({ status: 'deployed' });
  const before = [...simulated.engine.containers.keys()];
  label('web:1', LABELS);
  expect(await outcomeOf(simulated, 'shop')).toMatchObject({ status: 'failed' });
  expect([...simulated.engine.containers.keys()]).toEqual(before);
});

it('looks at the image of a hook, whose container has none of the labels of the service', async () => {
  const hooks = { pre_start: [{ image: 'hook:1', command: ['true'] }] };
  simulated.setProject('shop', { web: { ...WEB, ...hooks, labels: { ...ENABLE, ...LABELS } } });
  label('hook:1', { ...ENABLE, ...LABELS });
  expect(await outcomeOf(simulated, 'shop')).toMatchObject({
    status: 'failed',
    problems: [expect.objectContaining({ code: 'label-of-image' })],
  });
});

it('looks at the image of a hook that is not there yet, before anything is touched', async () => {
  const hooks = { pre_start: [{ image: 'hook:1', command: ['true'] }] };
  simulated.setProject('shop', { web: { ...WEB, ...hooks } });
  label('hook:1', { ...ENABLE, ...LABELS });
  onRegistryAlone('hook:1');
  expect(await outcomeOf(simulated, 'shop')).toMatchObject({
    status: 'failed',
    problems: [expect.objectContaining({ code: 'label-of-image' })],
  });
  expect([...simulated.engine.containers.keys()]).toEqual([]);
});

it('fetches the image of a hook once, and none where no hook runs', async () => {
  const hooks = { pre_start: [{ image: 'hook:1', command: ['true'] }] };
  simulated.setProject('shop', { web: { ...WEB, ...hooks } });
  simulated.engine.addImage('hook:1', 'one');
  onRegistryAlone('hook:1');
  expect(await outcomeOf(simulated, 'shop')).toMatchObject({ status: 'deployed' });
  simulated.engine.images.delete('hook:1');
  expect(await outcomeOf(simulated, 'shop')).toMatchObject({ status: 'unchanged' });
  expect(simulated.engine.mutations.filter((one) => one.startsWith('pull '))).toEqual(['pull hook:1']);
});

it('minds none that Traefik does not read, or that the file says otherwise', async () => {
  label('web:1', { ...LABELS, maintainer: 'x' });
  simulated.setProject('shop', { web: WEB });
  expect(await outcomeOf(simulated, 'shop')).toMatchObject({ status: 'deployed' });
  simulated.setProject('shop', { web: { ...WEB, labels: { ...ENABLE, ...LABELS } } });
  expect(await outcomeOf(simulated, 'shop')).toMatchObject({ status: 'deployed' });
});
