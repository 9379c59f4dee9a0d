import { desiredService, servicePlan } from '../../testing/desired-service';
import type { ServiceAction } from '../model';
import { withHooks } from './with-hooks';

const HOOKS = { preStart: 2, postStart: 1, preStop: 1 };

function hooks(action: ServiceAction): string[] | undefined {
  return withHooks(servicePlan('web', { action }), desiredService('web', { hooks: HOOKS })).hooks;
}

describe('withHooks', () => {
  it.each<[ServiceAction, string[] | undefined]>([
    ['create', ['pre_start (2)', 'post_start']],
    ['rollout', ['pre_start (2)', 'post_start', 'pre_stop']],
    ['recreate', ['pre_stop', 'pre_start (2)', 'post_start']],
    ['scale', ['post_start', 'pre_stop']],
    ['connect', undefined],
    ['none', undefined],
  ])('names what runs with %s', (action, expected) => {
    expect(hooks(action)).toEqual(expected);
  });

  it('is silent of a service without hooks, and forgets those of another action', () => {
    const before = servicePlan('web', { action: 'none', hooks: ['pre_start'] });
    expect(withHooks(before, desiredService('web'))).not.toHaveProperty('hooks');
  });
});
