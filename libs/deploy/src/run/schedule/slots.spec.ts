import { Slots } from './slots';

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

it('lets as many in as there are slots, the others in turn', async () => {
  const slots = new Slots(2);
  const inside: number[] = [];
  const releases: (() => void)[] = [];
  for (const one of [1, 2, 3, 4])
    void slots.take().then((release) => {
      inside.push(one);
      releases.push(release);
    });
  await settled();
  expect(inside).toEqual([1, 2]);
  releases[1]?.();
  await settled();
  expect(inside).toEqual([1, 2, 3]);
});

it('counts a slot once that is given back twice', async () => {
  const slots = new Slots(1);
  const release = await slots.take();
  release();
  release();
  await slots.take();
  const third = jest.fn();
  void slots.take().then(third);
  await settled();
  expect(third).not.toHaveBeenCalled();
});
