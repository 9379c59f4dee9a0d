import type { StackFile } from '../../swarm/stack-file';
import { spreading } from './spread';

const NODE = { state: 'ready', availability: 'active' as const };

const fileOf = (replicas: number): StackFile => {
  const update_config = { parallelism: 1, order: 'start-first' };
  const service = { image: 'web', deploy: { mode: 'replicated', replicas, update_config } };
  return { services: { web: service, other: service } } as object as StackFile;
};
const orders = (file: StackFile) =>
  Object.values(file.services).map(({ deploy }) => deploy.update_config?.order);

test('behind a bridge the old tasks go first, so that the new ones are spread over the machines', () => {
  const spread = spreading(fileOf(2), ['web'], {}, [NODE, NODE]);
  expect(orders(spread)).toEqual(['stop-first', 'start-first']);
  expect(spread.services['web']?.deploy.update_config).toMatchObject({ parallelism: 1 });
});

test.each([
  ['one machine', fileOf(2), {}, [NODE]],
  ['one machine that takes tasks', fileOf(2), {}, [NODE, { ...NODE, state: 'down' }]],
  ['a drained machine beside it', fileOf(2), {}, [NODE, { ...NODE, availability: 'drain' as const }]],
  ['one task', fileOf(1), {}, [NODE, NODE]],
  [
    'an order that the file says',
    fileOf(2),
    { web: { deploy: { update_config: { order: 'start-first' } } } },
    [NODE, NODE],
  ],
])('the new ones come first with %s', (_what, file, model, nodes) => {
  expect(orders(spreading(file, ['web'], model, nodes))).toEqual(['start-first', 'start-first']);
});
