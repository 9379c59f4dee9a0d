import type { DesiredService, ServiceAction, ServicePlan } from '../plan/model';
import { batchesOf } from './batches';

/** Services as `name: [action, ...dependencies]`, and what comes out as `kind: names`. */
function batches(services: Record<string, [ServiceAction, ...string[]]>): string[] {
  const plans = Object.entries(services).map(([service, [action]]): ServicePlan => ({
    service,
    action,
    reasons: [],
    notRolled: [],
    build: false,
    pull: false,
    replicas: 1,
    current: [],
    leftovers: [],
    retired: [],
    networks: [],
  }));
  const desired = Object.entries(services).map(
    ([name, [, ...dependsOn]]) => ({ name, dependsOn }) as unknown as DesiredService,
  );
  return batchesOf(plans, desired).map(
    ({ kind, services: some }) => `${kind}: ${some.map((one) => one.service).join()}`,
  );
}

describe('batchesOf', () => {
  it('leaves out what does not act', () => {
    expect(batches({ a: ['none'], b: ['connect'], c: ['remove'] })).toEqual([]);
  });

  it('starts a new stack in one go, because Compose keeps the order itself', () => {
    expect(batches({ web: ['create', 'db'], db: ['create'], job: ['create', 'db'] })).toEqual([
      'up: db,job,web',
    ]);
  });

  it('starts what is new before it replaces what may need it', () => {
    expect(batches({ web: ['rollout', 'cache'], cache: ['create'], db: ['recreate'] })).toEqual([
      'up: cache',
      'recreate: db',
      'rollout: web',
    ]);
  });

  it('lets what is new wait for what it depends on', () => {
    expect(batches({ worker: ['create', 'db'], db: ['recreate'] })).toEqual(['recreate: db', 'up: worker']);
  });

  it('rolls one service after the other, providers first', () => {
    expect(batches({ web: ['rollout', 'api'], api: ['rollout'] })).toEqual(['rollout: api', 'rollout: web']);
  });

  it('does not wait for what does not act', () => {
    expect(batches({ web: ['create', 'db'], db: ['none'] })).toEqual(['up: web']);
  });

  it('gets out of a circle', () => {
    expect(batches({ a: ['create', 'b'], b: ['recreate', 'a'] })).toEqual(['up: a,b']);
  });
});
