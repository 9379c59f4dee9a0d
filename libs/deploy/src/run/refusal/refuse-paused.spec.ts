import { UserError } from '@itsup/config';

import { observedContainer, servicePlan } from '../../testing/desired-service';
import type { StackPlan } from '../../plan/model';
import { refusePaused } from './refuse-paused';

const plan = (action: 'start' | 'rollout' | 'none'): StackPlan => ({
  ...{ stack: 'shop', projectName: 'shop', kind: 'converge', services: [servicePlan('web', { action })] },
  ...{ edges: [], networks: [], files: [], operations: [], unchanged: false, fromRecord: false, notes: [] },
});
const paused = [observedContainer('web', { state: 'paused' }), observedContainer('db')];

it('says which command wakes a container that is to be started', () => {
  const refused = (): void => refusePaused(plan('start'), paused);
  expect(refused).toThrow(UserError);
  expect(refused).toThrow('shop: shop-web-1 is paused');
});

it('leaves it where it is replaced anyway, or another one is meant', () => {
  refusePaused(plan('rollout'), paused);
  refusePaused(plan('none'), paused);
  refusePaused(plan('start'), [observedContainer('web'), observedContainer('db', { state: 'paused' })]);
});
