import {
  dependency,
  desiredService as service,
  observedContainer as container,
  servicePlan as plan,
} from '../../testing/desired-service';
import { followOthers } from './follow-others';
import type { DesiredService, ObservedContainer, ServiceAction, ServicePlan } from '../model';

const ENDED: Partial<ObservedContainer> = { state: 'exited', exitCode: 0, health: null };
const ON_VPN = { hangsOn: [{ service: 'vpn', by: 'network' as const }], notRolled: ['shares a namespace'] };

/** What becomes of the plans; containers are those of the plans unless they are given. */
function follow(
  services: DesiredService[],
  plans: ServicePlan[],
  containers = plans.flatMap(({ current }) => current.map((id) => container(id))),
): Record<string, [ServiceAction, ...string[]]> {
  return Object.fromEntries(
    followOthers(plans, { services }, containers).map(({ service: name, action, reasons }) => [
      name,
      [action, ...reasons],
    ]),
  );
}

describe('what hangs on a container', () => {
  const services = [
    service('fetcher', ON_VPN),
    service('vpn', { notRolled: ['fetcher shares its namespace'] }),
  ];

  it.each(['recreate', 'create', 'rollout'] as const)('is replaced after the other: %s', (action) => {
    const plans = [plan('fetcher'), plan('vpn', { action })];
    expect(follow(services, plans)['fetcher']).toEqual([
      'recreate',
      'uses the network of vpn, which is replaced',
    ]);
  });

  it('is replaced through a chain, volumes included', () => {
    const chain = [
      ...services,
      service('copy', { hangsOn: [{ service: 'fetcher', by: 'volumes' }], notRolled: ['volume'] }),
    ];
    const plans = [plan('copy'), plan('fetcher'), plan('vpn', { action: 'recreate' })];
    expect(follow(chain, plans)['copy']).toEqual([
      'recreate',
      'uses the volumes of fetcher, which is replaced',
    ]);
  });

  it('is restarted when the other is started again: its process has another namespace', () => {
    const plans = [plan('fetcher'), plan('vpn', { action: 'start' })];
    expect(follow(services, plans)['fetcher']).toEqual([
      'restart',
      'uses the network of vpn, which is started anew',
    ]);
    const volumes = [service('fetcher', { hangsOn: [{ service: 'vpn', by: 'volumes' }] }), service('vpn')];
    expect(follow(volumes, plans)['fetcher']).toEqual(['none']);
  });

  it('is replaced when what it hangs on is gone already', () => {
    const plans = [plan('fetcher'), plan('vpn')];
    const containers = [container('fetcher', { hangsOn: ['gone'] }), container('vpn')];
    expect(follow(services, plans, containers)['fetcher']).toEqual([
      'recreate',
      'uses a container of vpn that is gone',
    ]);
  });

  it('stays with a container that stays, and goes with one that goes', () => {
    const containers = [container('fetcher', { hangsOn: ['vpn'] }), container('vpn'), container('vpn2')];
    const scaled = (leftovers: string[]) => [plan('fetcher'), plan('vpn', { action: 'scale', leftovers })];
    expect(follow(services, scaled(['vpn2']), containers)['fetcher']).toEqual(['none']);
    expect(follow(services, scaled(['vpn']), containers)['fetcher']?.[0]).toBe('recreate');
  });

  it('keeps its own reasons where it is replaced anyway', () => {
    const plans = [
      plan('fetcher', { action: 'recreate', reasons: ['environment A'] }),
      plan('vpn', { action: 'recreate' }),
    ];
    expect(follow(services, plans)['fetcher']).toEqual(['recreate', 'environment A']);
  });
});

describe('a container that is not on its network', () => {
  const use = { networks: [{ network: 'shop_back', aliases: ['web'], pinned: false }] };

  it('is replaced', () => {
    expect(follow([service('web', use)], [plan('web')])['web']).toEqual([
      'rollout',
      'is not on its network shop_back',
    ]);
    const on = [container('web', { networks: ['shop_back'] })];
    expect(follow([service('web', use)], [plan('web')], on)['web']).toEqual(['none']);
  });

  it('is left to what is done to its networks anyway', () => {
    expect(follow([service('web', use)], [plan('web', { action: 'connect' })])['web']).toEqual(['connect']);
  });
});

describe('depends_on with restart: true', () => {
  const on = { dependsOn: [dependency('db', { restart: true })] };

  it('restarts the dependent of what is replaced', () => {
    const services = [service('web', { ...on, notRolled: ['volume'] }), service('db')];
    for (const action of ['recreate', 'rollout'] as const)
      expect(follow(services, [plan('web'), plan('db', { action })])['web']).toEqual([
        'restart',
        'db is replaced (depends_on, restart: true)',
      ]);
    expect(follow(services, [plan('web'), plan('db', { action: 'create' })])['web']).toEqual(['none']);
  });

  it('rolls the dependent where it can be rolled', () => {
    const services = [service('web', on), service('db')];
    expect(follow(services, [plan('web'), plan('db', { action: 'recreate' })])['web']?.[0]).toBe('rollout');
  });

  it('leaves alone who did not ask for it', () => {
    const services = [service('web', { dependsOn: [dependency('db')] }), service('db')];
    expect(follow(services, [plan('web'), plan('db', { action: 'recreate' })])['web']).toEqual(['none']);
  });
});

describe('a one-shot that others wait for', () => {
  const services = [
    service('web', { dependsOn: [dependency('migrate', { condition: 'service_completed_successfully' })] }),
    service('migrate', { mayFinish: true }),
  ];
  const containers = [container('web'), container('migrate', ENDED)];

  it.each(['rollout', 'recreate', 'create'] as const)('runs again before one of them comes: %s', (action) => {
    const plans = [plan('web', { action }), plan('migrate')];
    expect(follow(services, plans, containers)['migrate']).toEqual(['start', 'web waits for it to complete']);
  });

  it('does not where nothing comes', () => {
    expect(follow(services, [plan('web'), plan('migrate')], containers)['migrate']).toEqual(['none']);
  });

  it('gives the same when it is asked again', () => {
    const once = followOthers(
      [plan('web', { action: 'rollout' }), plan('migrate')],
      { services },
      containers,
    );
    expect(followOthers(once, { services }, containers)).toEqual(once);
  });
});
