import { setTimeout as sleep } from 'node:timers/promises';

import { handoverSteps } from '@itsup/deploy';

import { describeWithOwnEngine } from '../harness/engine/describe-with';
import { NODE } from '../harness/engine/images';
import { HandedOverProxy } from '../load';

describeWithOwnEngine([NODE], 'a hand-over of Traefik that is killed', () => {
  let proxy: HandedOverProxy;

  beforeAll(async () => {
    proxy = await HandedOverProxy.open();
  });
  afterAll(() => proxy?.close());

  it.each(handoverSteps)('at %s loses nothing, and the next deploy ends it', async (step) => {
    await proxy.writePort();
    expect(await proxy.killAt(step)).toBe('SIGKILL');
    await sleep(1_000);
    expect(proxy.running.failures()).toEqual({});
    await proxy.deploy();
    await sleep(500);
    expect(proxy.running.failures()).toEqual({});
    await proxy.traefikId();
    await proxy.expectClean();
  });
});
