import type { DeployedService, DesiredService, ObservedContainer } from '../model';
import { planService } from './plan-service';

function desired(change: Partial<DesiredService> = {}): DesiredService {
  return {
    name: 'web',
    image: 'acme/web:1.4',
    imageId: 'sha256:14',
    buildDigest: null,
    built: false,
    pulls: false,
    replicas: 1,
    aspects: { command: 'c', 'environment LEVEL': 'l' },
    definition: null,
    networks: [{ network: 'shop_default', aliases: ['web'], pinned: false }],
    dependsOn: [],
    hangsOn: [],
    hooks: { preStart: 0, postStart: 0, preStop: 0 },
    notRolled: [],
    mayFinish: false,
    ...change,
  };
}

function deployed(change: Partial<DeployedService> = {}): DeployedService {
  const { aspects, image, imageId, buildDigest, replicas } = desired();
  const containers = [{ id: 'a', composeHash: 'hash', image, finished: false }];
  return { aspects, image, imageId, buildDigest, replicas, containers, ...change };
}

function container(change: Partial<ObservedContainer> = {}): ObservedContainer {
  return {
    id: 'a',
    name: 'shop-web-1',
    projectName: 'shop',
    service: 'web',
    number: 1,
    state: 'running',
    exitCode: null,
    health: 'healthy',
    image: 'acme/web:1.4',
    imageId: 'sha256:14',
    definition: 'hash',
    sources: [],
    networks: ['shop_default'],
    ...change,
  };
}

describe('a service that leaves the network which projects shared', () => {
  const aspects = { ...desired().aspects, 'label traefik.docker.network': 'own' };
  const before = deployed({
    aspects: { ...desired().aspects, 'label traefik.docker.network': 'shared', 'network proxynet': 'n' },
  });
  const kept = desired({ aspects, notRolled: ['volume data is writable'] });
  const there = container({ networks: ['shop_default', 'proxynet'] });

  it('is rolled where it can be', () => {
    expect(planService({ ...kept, notRolled: [] }, before, [there])).toMatchObject({ action: 'rollout' });
  });

  it('else is moved while it serves, where one other network is left', () => {
    expect(planService(kept, before, [there])).toMatchObject({
      action: 'move',
      networks: [{ network: 'proxynet' }],
      current: ['a'],
    });
  });

  it.each([
    ['has two other networks', kept, container({ networks: ['a', 'b', 'proxynet'] })],
    ['has no other network', kept, container({ networks: ['proxynet'] })],
    ['changes otherwise too', desired({ ...kept, aspects: { ...aspects, command: 'new' } }), there],
    ['has another image', desired({ ...kept, imageId: 'sha256:15' }), there],
    ['was not deployed by us', kept, container({ ...there, id: 'b', definition: 'other' })],
  ])('is recreated where it %s', (_, wanted, observed) => {
    expect(planService(wanted, before, [observed])).toMatchObject({ action: 'recreate' });
  });

  it('is moved where consumers of other stacks have it on networks of theirs too', () => {
    const asked = container({ networks: ['api--shop--web', 'proxynet', 'shop_default'] });
    expect(planService(kept, before, [asked], { inbound: ['api--shop--web'] })).toMatchObject({
      action: 'move',
    });
    expect(planService(kept, before, [asked])).toMatchObject({ action: 'recreate' });
  });

  it('is moved again where a deploy was killed between its leaving and the record', () => {
    expect(planService(kept, before, [container()])).toMatchObject({ action: 'move' });
  });

  it('stays as it is afterwards, and the plan says that it was moved', () => {
    const [record] = before.containers;
    const after = deployed({ aspects, containers: record ? [{ ...record, moved: true }] : [] });
    expect(planService(kept, after, [container()])).toMatchObject({
      action: 'none',
      reasons: [expect.stringContaining('moved off proxynet') as string],
    });
  });
});

describe('planService', () => {
  it('does nothing where everything is as it was deployed', () => {
    expect(planService(desired(), deployed(), [container()])).toMatchObject({ action: 'none', reasons: [] });
  });

  it('creates what is not there, and pulls an image that is not either', () => {
    expect(planService(desired(), null, [])).toMatchObject({
      action: 'create',
      reasons: ['new service of acme/web:1.4'],
      pull: false,
    });
    expect(planService(desired({ buildDigest: 'b' }), null, [])).toMatchObject({ reasons: ['new service'] });
    expect(planService(desired({ imageId: null }), null, [])).toMatchObject({ action: 'create', pull: true });
    expect(planService(desired(), deployed(), [])).toMatchObject({ reasons: ['its container is gone'] });
  });

  it.each([
    ['the tag', { image: 'acme/web:1.5', imageId: 'sha256:15' }, ['image acme/web:1.4 → 1.5']],
    [
      'the repository',
      { image: 'other/web:1.4', imageId: 'sha256:15' },
      ['image acme/web:1.4 → other/web:1.4'],
    ],
    ['the content behind the tag', { imageId: 'sha256:15' }, ['image acme/web:1.4 14 → 15']],
    ['a variable', { aspects: { command: 'c', 'environment LEVEL': 'x' } }, ['environment LEVEL']],
    ['two variables', { aspects: { command: 'c', 'environment A': 'x' } }, ['environment A, LEVEL']],
    ['the command', { aspects: { command: 'd', 'environment LEVEL': 'l' } }, ['command']],
    [
      'a mounted file',
      { aspects: { command: 'c', 'environment LEVEL': 'l', 'file projects/a b.conf': 'x' } },
      ['file projects/a b.conf'],
    ],
  ])('rolls for a change of %s', (_what, change, reasons) => {
    expect(planService(desired(change), deployed(), [container()])).toMatchObject({
      action: 'rollout',
      reasons,
    });
  });

  it('takes an image that is named by its id for the reference with the same content', () => {
    const plan = planService(desired(), deployed({ image: 'sha256:14' }), [
      container({ image: 'sha256:14' }),
    ]);
    expect(plan.action).toBe('none');
  });

  it('recreates what cannot be rolled, and says why', () => {
    const plan = planService(desired({ aspects: {}, notRolled: ['publishes host port 5432'] }), deployed(), [
      container(),
    ]);
    expect(plan).toMatchObject({ action: 'recreate', notRolled: ['publishes host port 5432'] });
  });

  it('recreates what does not serve: there is nothing to lose', () => {
    const stopped = container({ state: 'exited', exitCode: 1 });
    expect(planService(desired({ aspects: {} }), deployed(), [stopped])).toMatchObject({
      action: 'recreate',
      notRolled: ['nothing of it is serving'],
    });
  });

  it('builds for a change of the context, and lets the image decide once it is built', () => {
    const change = { buildDigest: 'new' };
    const before = deployed({ buildDigest: 'old' });
    expect(planService(desired(change), before, [container()])).toMatchObject({
      action: 'rollout',
      build: true,
      reasons: ['build context'],
    });
    expect(planService(desired({ ...change, built: true }), before, [container()])).toMatchObject({
      action: 'none',
      build: false,
    });
    expect(
      planService(desired({ ...change, built: true, imageId: 'sha256:15' }), before, [container()]),
    ).toMatchObject({
      action: 'rollout',
      build: false,
      reasons: ['image acme/web:1.4 14 → 15'],
    });
  });

  it('builds an image that nobody knows the inputs of', () => {
    expect(planService(desired({ buildDigest: 'new' }), null, []).build).toBe(true);
  });

  it('asks the registry when it is told to, also where nothing else changed', () => {
    expect(planService(desired({ pulls: true }), deployed(), [container()])).toMatchObject({
      action: 'none',
      pull: true,
    });
  });

  describe('a container that our deploy did not make', () => {
    it('is adopted when the hash and the image agree', () => {
      const plan = planService(desired({ definition: 'hash' }), null, [container()]);
      expect(plan).toMatchObject({ action: 'none', reasons: ['adopted: shop-web-1 runs what is wanted'] });
    });

    it.each([
      ['hash', { definition: 'other' }],
      ['image', { definition: 'hash', imageId: 'sha256:15' }],
    ])('is replaced when the %s differs', (_what, change) => {
      expect(planService(desired(change), null, [container()])).toMatchObject({ action: 'rollout' });
    });

    it('is ours when somebody only recreated it', () => {
      expect(planService(desired(), deployed(), [container({ id: 'b' })]).action).toBe('none');
    });
  });

  describe('replicas', () => {
    const two = [container(), container({ id: 'b', name: 'shop-web-2', number: 2 })];

    it('are added', () => {
      expect(planService(desired({ replicas: 2 }), deployed(), [container()])).toMatchObject({
        action: 'scale',
        reasons: ['replicas 1 → 2'],
        leftovers: [],
      });
    });

    it('are taken away by id, the newest first', () => {
      expect(planService(desired(), deployed(), [...two].reverse())).toMatchObject({
        action: 'scale',
        reasons: ['replicas 2 → 1'],
        leftovers: ['b'],
      });
    });

    it('of none wanted all go', () => {
      expect(planService(desired({ replicas: 0 }), deployed(), two)).toMatchObject({
        action: 'scale',
        leftovers: ['a', 'b'],
      });
      expect(planService(desired({ replicas: 0 }), deployed(), []).action).toBe('none');
    });

    it('of another definition beside enough wanted ones are left over', () => {
      const stranger = container({ id: 'x', number: 3, definition: 'other' });
      expect(planService(desired(), deployed(), [container(), stranger])).toMatchObject({
        action: 'scale',
        reasons: ['1 left over from an earlier deploy'],
        leftovers: ['x'],
      });
    });
  });

  describe('a container that is not well', () => {
    it.each([
      [{ state: 'exited', exitCode: 137 } as const, 'start', 'shop-web-1 has stopped (exit 137)'],
      [{ state: 'created', health: null } as const, 'start', 'shop-web-1 is created'],
      [{ state: 'restarting' } as const, 'recreate', 'shop-web-1 keeps restarting'],
      [{ health: 'unhealthy' } as const, 'rollout', 'shop-web-1 is unhealthy'],
    ])('%j: %s', (change, action, reason) => {
      expect(planService(desired(), deployed(), [container(change)])).toMatchObject({
        action,
        reasons: [reason],
      });
    });

    it('is left alone while it starts', () => {
      expect(planService(desired(), deployed(), [container({ health: 'starting' })]).action).toBe('none');
    });

    it('is waited for again where the last deploy left it running, and as long as it may be at work on data', () => {
      const fresh = (health: 'starting' | 'healthy' | 'unhealthy') => [container({ id: 'fresh', health })];
      const data = desired({ notRolled: ['volume data is writable'] });
      const containers = [{ id: 'fresh', composeHash: null, image: data.image, finished: false }];
      const starting = { ...deployed({ containers }), withData: ['fresh'] };
      const before = deployed({ imageId: 'sha256:13' });
      const again = { action: 'start', reasons: ['shop-web-1 has not been ready yet'] };
      expect(planService(data, before, fresh('starting'), { starting })).toMatchObject(again);
      expect(planService(data, before, fresh('unhealthy'), { starting })).toMatchObject(again);
      expect(planService(data, before, fresh('healthy'), { starting }).action).toBe('none');
      const withoutData = { ...starting, withData: [] };
      expect(planService(data, before, fresh('starting'), { starting: withoutData })).toMatchObject(again);
      expect(planService(data, before, fresh('unhealthy'), { starting: withoutData }).action).toBe(
        'recreate',
      );
      expect(planService(data, deployed(), fresh('unhealthy')).action).toBe('recreate');
      // Somebody else's, or of a deploy that was ended.
      expect(planService(data, deployed(), fresh('starting'))).toMatchObject(again);
      // One that came back.
      expect(planService(data, deployed(), [container({ health: 'starting' })]).action).toBe('none');
    });

    it('is not started again when it finished its work in the deploy', () => {
      const containers = [{ id: 'a', composeHash: 'hash', image: 'acme/web:1.4', finished: true }];
      const ended = container({ state: 'exited', exitCode: 0, health: null });
      expect(planService(desired({ mayFinish: true }), deployed({ containers }), [ended]).action).toBe(
        'none',
      );
      expect(planService(desired({ mayFinish: true }), deployed(), [ended]).action).toBe('start');
    });
  });

  describe('networks', () => {
    const edge = { network: 'api--store--db', aliases: ['web'], pinned: false };
    const aspects = { ...desired().aspects, 'network api--store--db': 'n' };

    it('that came are joined live', () => {
      const networks = [...desired().networks, edge];
      expect(planService(desired({ aspects, networks }), deployed(), [container()])).toMatchObject({
        action: 'connect',
        reasons: ['network api--store--db'],
        networks: [{ network: 'api--store--db', aliases: ['web'] }],
      });
    });

    it('that went are left live', () => {
      expect(planService(desired(), deployed({ aspects }), [container()])).toMatchObject({
        action: 'disconnect',
        networks: [{ network: 'api--store--db' }],
      });
    });

    it('with a pinned address need a new container', () => {
      const networks = [...desired().networks, { ...edge, pinned: true }];
      expect(planService(desired({ aspects, networks }), deployed(), [container()]).action).toBe('rollout');
    });

    it('beside another change come with it', () => {
      const networks = [...desired().networks, edge];
      const change = { aspects: { ...aspects, command: 'd' }, networks };
      expect(planService(desired(change), deployed(), [container()])).toMatchObject({
        action: 'rollout',
        reasons: ['command', 'network api--store--db'],
      });
    });
  });
});

describe('a container that is paused', () => {
  it('does not count as running', () => {
    expect(planService(desired(), deployed(), [container({ state: 'paused' })])).toMatchObject({
      action: 'start',
      reasons: ['shop-web-1 is paused'],
    });
  });
});
