import { defaultLimits } from '../procedure/limits';
import { rolloutContextOf } from '../testing/rollout-context';
import { awaitReady } from './await-ready';

it('takes none for ready, and asks nobody', async () => {
  const context = rolloutContextOf();
  const { clock, signal } = context;
  const ready = await awaitReady(context, [], {
    deadlineMs: () => null,
    limits: defaultLimits,
    waiter: { clock, signal, onWaiting: () => undefined },
  });
  expect(ready).toEqual([]);
});
