import {
  dependency,
  desiredService as service,
  observedContainer,
  servicePlan as plan,
} from '../../testing/desired-service';
import type { DesiredService, DesiredStack, ObservedContainer, ServicePlan, StackPlan } from '../model';
import { operationsOf, type OperationFacts } from './operations';

const FACTS: OperationFacts = {
  traefik: null,
  usesProxynet: false,
  consumed: new Set(),
  hasRoutes: () => false,
};

function stackOf(services: DesiredService[]): DesiredStack {
  const none = { inactiveServices: [], edges: [], ownNetworks: [], ownVolumes: [] };
  return { stack: 'shop', projectName: 'shop', services, ...none };
}

function operations(
  services: DesiredService[],
  services_: ServicePlan[],
  more: {
    plan?: Partial<StackPlan>;
    facts?: Partial<OperationFacts>;
    containers?: ObservedContainer[];
    desired?: Partial<DesiredStack>;
  } = {},
) {
  return operationsOf(
    { services: services_, edges: [], files: [], networks: [], ...more.plan },
    { ...stackOf(services), ...more.desired },
    more.containers ?? [],
    { ...FACTS, ...more.facts },
  );
}

/** `operation ← what it waits for`, without the last one, the routes. */
function graph(...input: Parameters<typeof operations>): string[] {
  return operations(...input)
    .filter(({ kind }) => kind !== 'publish-routes')
    .map(
      ({ id, after, optional }) => `${optional ? '(' : ''}${id}${optional ? ')' : ''} ← ${after.join(', ')}`,
    );
}

describe('operationsOf', () => {
  it('has nothing to do where nothing acts, and routes alone where only they differ', () => {
    const idle = [plan('web')];
    expect(operations([service('web')], idle)).toEqual([]);
    const files = [{ path: 'traefik/dynamic/a.yml', action: 'update' as const }];
    expect(operations([service('web')], idle, { plan: { files } }).map(({ id }) => id)).toEqual([
      'publish-routes',
    ]);
  });

  it('lets what does not depend on each other run side by side', () => {
    const names = ['a', 'b', 'c'];
    expect(
      graph(
        names.map((name) => service(name)),
        names.map((name) => plan(name, { action: 'rollout' })),
      ),
    ).toEqual(['roll a ← ', 'roll b ← ', 'roll c ← ']);
  });

  describe('a network that is not there yet', () => {
    const use = { network: 'shop_back', aliases: [], pinned: false };
    const [a, b] = ['a', 'b'].map((name) => service(name, { networks: [use] })) as [
      DesiredService,
      DesiredService,
    ];
    const back = {
      ...{ name: 'shop_back', projectName: 'shop', digest: '', driver: null, internal: false },
      ...{ attachable: false, ipv6: null, options: {}, labels: {}, subnets: [] },
    };
    const rolled = ['a', 'b'].map((name) => plan(name, { action: 'rollout' }));
    const desired = { ownNetworks: [back] };

    it('is made before two processes of Compose would make it at the same moment', () => {
      expect(graph([a, b], rolled, { desired })).toEqual([
        'make-networks ← ',
        'roll a ← make-networks',
        'roll b ← make-networks',
      ]);
      expect(operations([a, b], rolled, { desired })[0]).toMatchObject({
        networks: ['shop_back'],
        makers: [{ service: 'a', scale: 1 }],
      });
    });

    it('is made before, though one of them joins it alone: each process makes all networks of the file', () => {
      expect(graph([a, service('b')], rolled, { desired })).toContain('make-networks ← ');
    });

    it('is made before a container joins it that goes on running', () => {
      const joins = plan('a', { action: 'connect', current: ['a1'], networks: [use] });
      expect(graph([a], [joins], { desired })).toEqual(['make-networks ← ', 'connect a ← make-networks']);
      const containers = [observedContainer('b', { networks: ['shop_back'] })];
      expect(graph([a], [joins], { desired, containers })).toEqual(['connect a ← ']);
      // It belongs to somebody else, who makes it.
      expect(graph([a], [joins])).toEqual(['connect a ← ']);
    });

    it('is left to the one that makes it, where others come later or it is there', () => {
      const later = { ...b, dependsOn: [dependency('a', { condition: 'service_healthy' })] };
      expect(graph([a, later], rolled, { desired })).not.toContain('make-networks ← ');
      const containers = [observedContainer('a', { networks: ['shop_back'] })];
      expect(graph([a, b], rolled, { desired, containers })).toEqual(['roll a ← ', 'roll b ← ']);
    });
  });

  it('starts in one process what waits for the same, because Compose keeps the order itself', () => {
    const services = [service('db'), service('web', { dependsOn: [dependency('db')] })];
    const plans = [plan('db', { action: 'create' }), plan('web', { action: 'create' })];
    expect(graph(services, plans)).toEqual(['start db ← ', 'wait db ready ← start db']);
    expect(operations(services, plans)[1]).toMatchObject({ services: ['db', 'web'] });
    expect(operations(services, plans)[0]).toMatchObject({
      services: [
        { service: 'db', scale: 1 },
        { service: 'web', scale: 1 },
      ],
    });
  });

  it('replaces what serves when what it needs is ready, and what is new has been started', () => {
    const services = [service('db'), service('web', { dependsOn: [dependency('db')] }), service('cache')];
    const plans = [
      plan('db', { action: 'recreate' }),
      plan('web', { action: 'rollout' }),
      plan('cache', { action: 'create' }),
    ];
    expect(graph(services, plans)).toEqual([
      'start cache ← ',
      'recreate db ← start cache',
      'wait db ready ← recreate db',
      'roll web ← wait db ready, start cache',
      'wait cache ready ← start cache',
    ]);
  });

  it('waits for the condition that is asked for', () => {
    const services = [
      service('db'),
      service('migrate', {
        mayFinish: true,
        dependsOn: [dependency('db', { condition: 'service_healthy' })],
      }),
      service('web', {
        dependsOn: [dependency('migrate', { condition: 'service_completed_successfully' })],
      }),
      service('logger', { dependsOn: [dependency('migrate')] }),
    ];
    const plans = [
      plan('db', { action: 'create' }),
      plan('migrate', { action: 'create' }),
      plan('web', { action: 'rollout' }),
      plan('logger', { action: 'create' }),
    ];
    expect(graph(services, plans)).toEqual([
      'start db ← ',
      'wait db healthy ← start db',
      'start migrate ← wait db healthy',
      'wait migrate completed ← start migrate',
      'roll web ← wait migrate completed, start db',
      'wait logger ready ← start migrate',
    ]);
  });

  it('goes on without what is not required', () => {
    const services = [
      service('extra'),
      service('web', { dependsOn: [dependency('extra', { required: false })] }),
    ];
    expect(
      graph(services, [plan('extra', { action: 'recreate' }), plan('web', { action: 'rollout' })]),
    ).toEqual(['recreate extra ← ', '(wait extra ready) ← recreate extra', 'roll web ← wait extra ready']);
  });

  it('waits for what does not act where it is not yet what is asked for', () => {
    const services = [
      service('db'),
      service('web', { dependsOn: [dependency('db', { condition: 'service_healthy' })] }),
    ];
    const plans = [plan('db'), plan('web', { action: 'rollout' })];
    const containers = (health: 'healthy' | 'starting') => ({
      containers: [observedContainer('db', { health })],
    });
    expect(graph(services, plans, containers('healthy'))).toEqual(['roll web ← ']);
    expect(graph(services, plans, containers('starting'))).toEqual([
      'wait db healthy ← ',
      'roll web ← wait db healthy',
    ]);
  });

  it('sees through what does not act', () => {
    const services = [
      service('db'),
      service('api', { dependsOn: [dependency('db')] }),
      service('web', { dependsOn: [dependency('api')] }),
    ];
    const plans = [plan('db', { action: 'recreate' }), plan('api'), plan('web', { action: 'rollout' })];
    expect(graph(services, plans)).toContain('roll web ← wait db ready');
  });

  it('replaces what hangs on a container after it, and restarts what asked for that', () => {
    const services = [
      service('vpn'),
      service('fetcher', { hangsOn: [{ service: 'vpn', by: 'network' }] }),
      service('api', { dependsOn: [dependency('vpn', { restart: true })] }),
    ];
    const plans = [
      plan('vpn', { action: 'recreate' }),
      plan('fetcher', { action: 'recreate' }),
      plan('api', { action: 'restart' }),
    ];
    expect(graph(services, plans)).toEqual([
      'recreate vpn ← ',
      'wait vpn ready ← recreate vpn',
      'recreate fetcher ← wait vpn ready',
      'restart api ← wait vpn ready',
      'wait fetcher ready ← recreate fetcher',
      'wait api ready ← restart api',
    ]);
  });

  it('gets out of a circle, which Compose refuses', () => {
    const services = [
      service('a', { dependsOn: [dependency('b')] }),
      service('b', { dependsOn: [dependency('a')] }),
    ];
    const plans = [plan('a', { action: 'recreate' }), plan('b', { action: 'rollout' })];
    const all = operations(services, plans);
    const seen = new Set<string>();
    for (const { id, after } of all) {
      expect(after.every((one) => seen.has(one))).toBe(true);
      seen.add(id);
    }
  });

  it('removes at once what makes room, and when the others are well what serves until then', () => {
    const change = { action: 'scale', leftovers: ['dead', 'old'], retired: ['old'], replicas: 1 } as const;
    const scaled = plan('job', { ...change, leftovers: [...change.leftovers], retired: [...change.retired] });
    expect(graph([service('job', { mayFinish: true })], [scaled])).toEqual([
      'remove leftovers ← ',
      'start job ← remove leftovers',
      'wait job ready ← start job',
      'remove job retired ← wait job ready',
    ]);
  });

  it('joins who is asked by others when it is ready', () => {
    expect(
      graph([service('db')], [plan('db', { action: 'recreate' })], { facts: { consumed: new Set(['db']) } }),
    ).toEqual(['recreate db ← ', 'wait db ready ← recreate db', 'attach db to consumers ← wait db ready']);
  });

  it('replaces Traefik when all else of the proxy is', () => {
    const services = [service('traefik'), service('dns'), service('dockerproxy')];
    const plans = [
      plan('traefik', { action: 'rollout' }),
      plan('dns', { action: 'recreate' }),
      plan('dockerproxy', { action: 'rollout' }),
    ];
    const facts = { traefik: 'traefik', usesProxynet: true };
    expect(graph(services, plans, { facts })).toEqual([
      'make-proxynet ← ',
      'hand-files ← make-proxynet',
      'recreate dns ← hand-files',
      'wait dns ready ← recreate dns',
      'roll dockerproxy ← hand-files',
      'replace-traefik traefik ← hand-files, wait dns ready, roll dockerproxy',
    ]);
  });

  it('makes a network anew before its services are touched', () => {
    const networks = [{ network: 'shop_back', reasons: ['internal false → true'], members: [], guests: [] }];
    const use = { networks: [{ network: 'shop_back', aliases: ['web'], pinned: false }] };
    const services = [service('other'), service('web', use)];
    const [first, second] = operations(services, [plan('other'), plan('web', { action: 'rollout' })], {
      plan: { networks },
    });
    expect(first).toMatchObject({
      kind: 'recreate-network',
      network: 'shop_back',
      reasons: ['internal false → true'],
      makers: [{ service: 'web', scale: 1 }],
    });
    expect(second).toMatchObject({ id: 'roll web', after: ['recreate-network shop_back'] });
  });

  it('ends with the routes, and then with what nothing leads to any more', () => {
    const removed = plan('old', { action: 'remove', current: [], leftovers: ['gone'] });
    const all = operations([service('web')], [plan('web', { action: 'create' }), removed], {
      facts: { hasRoutes: () => true },
    });
    expect(all.slice(-3).map(({ id, after }) => `${id} ← ${after.join(', ')}`)).toEqual([
      'publish-routes ← wait web ready',
      'await-routes ← publish-routes',
      'remove services ← await-routes',
    ]);
  });
});
