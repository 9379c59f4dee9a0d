import { settings } from '@itsup/config/testing/model';
import type { ComposeModel, SwarmService, SwarmTask } from '@itsup/docker';
import { NETWORK_LABEL } from '@itsup/routing';

import { Digester } from '../../desired/digest';
import type { ServiceAction } from '../../plan/model';
import { deployedLabels } from '../../swarm/deployed-label';
import type { ObservedService } from '../../swarm/plan-swarm';
import { desiredService, servicePlan } from '../../testing/desired-service';
import { planBridges } from './plan-bridges';

const ROUTED = { 'traefik.enable': 'true', [NETWORK_LABEL]: 'shop_proxy' };

function running(name: string): [string, ObservedService] {
  const deployed = deployedLabels('id', 'shop', {
    ...{ aspects: { command: 'old' }, aspectsVersion: 1, image: `${name}:1`, imageId: `sha256:${name}` },
    ...{ buildDigest: null, replicas: 1, dependsOn: [] },
  });
  const service: SwarmService = {
    ...{ id: name, version: 1, name: `shop_${name}`, stack: 'shop', image: `${name}:1`, files: [] },
    ...{ mode: 'Replicated', replicas: 1, restarts: 'any', taskSpec: {}, update: null },
    labels: { ...deployed, ...ROUTED },
  };
  const task: SwarmTask = {
    ...{ id: 't', serviceId: name, slot: 1, nodeId: 'n', state: 'running', desiredState: 'running' },
    ...{
      error: '',
      message: '',
      exitCode: null,
      image: '',
      addresses: {},
      spec: {},
      since: '',
      createdAt: '',
    },
  };
  return [name, { service, tasks: [task] }];
}

function planned(
  actions: Record<string, ServiceAction>,
  {
    networks = {} as ComposeModel['networks'],
    joined = ['proxy'],
    present = ['shop_default'],
    edges = [] as { network: string }[],
    listed = { count: 0 },
  } = {},
) {
  const names = Object.keys(actions);
  const spec = { stack: 'shop', projectName: 'shop', consumers: [] };
  const use = Object.fromEntries(joined.map((key) => [key, null]));
  const model: ComposeModel = {
    name: 'shop',
    services: Object.fromEntries(
      names.map((name) => [name, { image: `${name}:1`, labels: ROUTED, networks: use }]),
    ),
    networks: { proxy: { name: 'shop_proxy' }, ...networks },
  };
  const docker = {
    listNetworks: async () => {
      listed.count += 1;
      return present.map((name) => ({ id: name, name, driver: 'overlay', scope: 'swarm', labels: {} }));
    },
  };
  const ofEdges = edges.map((edge) => ({
    ...edge,
    ...{ provider: 'other', providerProjectName: 'other', service: 'api' },
  }));
  return planBridges(
    { settings: settings({ engine: 'swarm' }), docker, digester: new Digester('key'), workspace: null },
    {
      spec: { ...spec, edges: ofEdges },
      model,
      desired: { services: names.map((name) => desiredService(name)) },
      environment: { all: {} },
    },
    { services: names.map((name) => servicePlan(name, { action: actions[name] ?? 'none' })) },
    new Map(names.filter((name) => actions[name] !== 'create').map(running)),
  );
}

test('what rows lead to gets a bridge, on the network that the same deploy makes for Traefik', async () => {
  expect(await planned({ web: 'rollout', api: 'none' })).toEqual({ bridged: ['web'], notes: [] });
});

test('who joins a network that the same deploy makes gets none, and a note says so', async () => {
  const options = { networks: { extra: { name: 'shop_extra' } }, joined: ['proxy', 'extra'] };
  expect(await planned({ web: 'rollout' }, options)).toEqual({
    bridged: [],
    notes: [
      'web is replaced without a bridge, for it joins shop_extra, which the same deploy makes: a request can fail meanwhile',
    ],
  });
});

test.each([
  ['is there', { present: ['shop_extra'] }],
  ['is between stacks, and made before', { edges: [{ network: 'shop_extra' }] }],
])('a network that %s is in nobody’s way', async (_what, change) => {
  const options = { networks: { extra: { name: 'shop_extra' } }, joined: ['proxy', 'extra'], ...change };
  expect(await planned({ web: 'rollout' }, options)).toEqual({ bridged: ['web'], notes: [] });
});

test('a network that comes with a new service is there by then', async () => {
  const options = { networks: { extra: { name: 'shop_extra' } }, joined: ['proxy', 'extra'] };
  expect(await planned({ web: 'rollout', api: 'create' }, options)).toEqual({ bridged: ['web'], notes: [] });
});

test('the engine is not asked where no task is replaced', async () => {
  const listed = { count: 0 };
  expect(await planned({ web: 'none', api: 'create' }, { listed })).toEqual({ bridged: [], notes: [] });
  expect(listed.count).toBe(0);
});
