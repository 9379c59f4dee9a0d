import { desiredService, servicePlan } from '../../testing/desired-service';
import { holdNotes, isHeld } from './held';
import type { DesiredService, ServicePlan } from '../model';
import type { ServiceOptions } from './not-rolled';

const routed = { aspects: { 'label traefik.enable': 'd' } };

const off: ServiceOptions = {
  rollout: null,
  start: { deadlineMs: null },
  drain: { deadlineMs: null, hook: null },
  hold: { deadlineMs: 0 },
};

function held(
  desired: Partial<DesiredService> = {},
  plan: Partial<ServicePlan> = {},
  others: DesiredService[] = [],
  options: ReadonlyMap<string, ServiceOptions> = new Map(),
): boolean {
  const services = [desiredService('web', { ...routed, ...desired }), ...others];
  return isHeld(servicePlan('web', { action: 'recreate', ...plan }), { services }, options);
}

describe('isHeld', () => {
  it('holds what Traefik leads to and what runs', () => {
    expect(held()).toBe(true);
    expect(held({ aspects: {} })).toBe(false);
    expect(held({}, { action: 'rollout' })).toBe(false);
    expect(held({}, { current: [] })).toBe(false);
    expect(held({}, { replicas: 0 })).toBe(false);
  });

  it('holds nothing where a container hangs on another, or where the operator wants none', () => {
    expect(held({}, {}, [desiredService('fetcher', { hangsOn: [{ service: 'web', by: 'network' }] })])).toBe(
      false,
    );
    expect(held({ hangsOn: [{ service: 'vpn', by: 'network' }] })).toBe(false);
    expect(held({}, {}, [], new Map([['web', off]]))).toBe(false);
  });
});

describe('holdNotes', () => {
  it('says what is not promised, once', () => {
    const services = [desiredService('web', routed), desiredService('db')];
    const plans = ['web', 'db'].map((name) => servicePlan(name, { action: 'recreate' }));
    const [note, ...more] = holdNotes({ services: plans, networks: [] }, { services }, new Map());
    expect(more).toEqual([]);
    expect(note).toMatch(/^requests wait while web is recreated\. Not kept: .*websockets.*UDP/);
    expect(holdNotes({ services: [], networks: [] }, { services }, new Map())).toEqual([]);
  });

  it('says where nobody can wait, because containers hang on each other', () => {
    const services = [
      desiredService('vpn', routed),
      desiredService('fetcher', { hangsOn: [{ service: 'vpn', by: 'network' }] }),
    ];
    const plans = ['vpn', 'fetcher'].map((name) => servicePlan(name, { action: 'recreate' }));
    expect(holdNotes({ services: plans, networks: [] }, { services }, new Map())).toEqual([
      'requests fail while vpn is recreated, for its container shares with fetcher',
    ]);
  });

  it('says where else nobody can wait: a restart, fewer at once, a network that is made anew', () => {
    const services = [desiredService('web', routed), desiredService('api', routed), desiredService('db')];
    const members = services.map(({ name }, index) => ({
      container: `${name}-1`,
      service: name,
      aliases: [],
      isRunning: index !== 1,
    }));
    const plan = {
      services: [
        servicePlan('web', { action: 'restart' }),
        servicePlan('api', { action: 'recreate', retired: ['c'] }),
        servicePlan('db', { action: 'restart' }),
      ],
      networks: [{ network: 'shop_default', reasons: [], members, guests: [] }],
    };
    expect(holdNotes(plan, { services }, new Map())).toEqual([
      'requests to web fail while the network shop_default is made anew, for containers stop for it',
      'requests fail while web is restarted',
      'requests fail while api is recreated, for there are to be fewer of it at the same time',
    ]);
    const options = new Map(services.map(({ name }) => [name, off]));
    expect(holdNotes(plan, { services }, options)).toEqual([]);
  });
});
