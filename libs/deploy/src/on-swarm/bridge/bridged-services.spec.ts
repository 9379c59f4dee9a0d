import type { DesiredService, ServiceAction } from '../../plan/model';
import { idleService } from '../../plan/service/idle-service';
import { deployedLabels } from '../../swarm/deployed-label';
import type { ObservedService } from '../../swarm/plan-swarm';
import type { StackFile } from '../../swarm/stack-file';
import { bridgedServices, bridgeStackOf, unbridgeable } from './bridged-services';

const wanted = (more: Partial<DesiredService> = {}): DesiredService =>
  ({
    ...{ name: 'web', image: 'web:1', imageId: 'sha256:1', buildDigest: null, built: false, pulls: false },
    ...{ replicas: 2, aspects: { 'environment A': 'new' }, dependsOn: [], notRolled: [] },
    ...more,
  }) as DesiredService;

const deployed = deployedLabels('id', 'shop', {
  ...{ aspects: { 'environment A': 'old' }, aspectsVersion: 1, image: 'web:1', imageId: 'sha256:1' },
  ...{ buildDigest: null, replicas: 2, dependsOn: [] },
});

const running = (labels: Record<string, string>, replicas = 2, state = 'running'): ObservedService =>
  ({
    service: { id: 's', name: 'shop_web', labels: { ...deployed, ...labels }, replicas },
    tasks: [{ id: 't', state, desiredState: 'running' }],
  }) as object as ObservedService;

const fileOf = (labels: Record<string, string>): StackFile =>
  ({
    services: { web: { networks: { default: {}, proxy: {} }, deploy: { labels } } },
    networks: { default: { name: 'shop_default' }, proxy: { name: 'shop_proxy' } },
  }) as object as StackFile;

const ROUTED = { 'traefik.enable': 'true' };

function bridged(
  action: ServiceAction,
  {
    service = wanted(),
    before = running(ROUTED),
    labels = ROUTED as Record<string, string>,
    isExposed = false,
  } = {},
): string[] {
  const plan = { services: [{ ...idleService('web', 2), action }] };
  const observed = new Map([['web', before]]);
  return bridgedServices({ desired: { services: [service] } }, plan, fileOf(labels), observed, isExposed);
}

test('what rows lead to is replaced, and scaled, behind a bridge', () => {
  expect(bridged('rollout')).toEqual(['web']);
  expect(bridged('scale', { service: wanted({ aspects: { 'environment A': 'old' }, replicas: 3 }) })).toEqual(
    ['web'],
  );
});

test('what Traefik takes is read as Traefik reads it', () => {
  const taken = { 'traefik.Enable': '1' };
  expect(bridged('rollout', { before: running(taken), labels: taken })).toEqual(['web']);
  expect(bridged('rollout', { before: running({}), labels: {}, isExposed: true })).toEqual(['web']);
  expect(bridged('rollout', { labels: { 'traefik.enable': 'false' }, isExposed: true })).toEqual([]);
});

test('labels that change along with the number of tasks take a bridge, labels alone take none', () => {
  const aspects = { 'environment A': 'old', 'label traefik.http.routers.a.rule': 'x' };
  expect(bridged('rollout', { service: wanted({ aspects }) })).toEqual([]);
  expect(bridged('rollout', { service: wanted({ aspects, replicas: 3 }) })).toEqual(['web']);
});

test.each([
  ['nobody is led there', { labels: {} }],
  ['nobody was led there', { before: running({}) }],
  ['nothing of it runs', { before: running(ROUTED, 2, 'failed') }],
  ['nothing of it is to run', { service: wanted({ replicas: 0 }) }],
  [
    'two of its tasks cannot run side by side',
    { service: wanted({ notRolled: ['volume data is writable'] }) },
  ],
])('no bridge where %s', (_why, facts) => {
  expect(bridged('rollout', facts)).toEqual([]);
  expect(bridged('scale', facts)).toEqual([]);
});

test('no bridge for a new network, nor for a name that has no room for one', () => {
  const known = new Set(['shop_default', 'shop_proxy']);
  expect(unbridgeable('shop', 'web', fileOf(ROUTED), known)).toBeNull();
  expect(unbridgeable('shop', 'web', fileOf(ROUTED), new Set(['shop_default']))).toContain('shop_proxy');
  expect(unbridgeable('s'.repeat(52), 'web', fileOf(ROUTED), known)).toBeNull();
  expect(unbridgeable('s'.repeat(53), 'web', fileOf(ROUTED), known)).toContain('too long');
});

test('no project can be called as a bridge is: Compose takes no capital letters', () => {
  expect(bridgeStackOf('shop')).toMatch(/[A-Z]/);
});
