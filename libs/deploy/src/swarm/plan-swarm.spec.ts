import type { SwarmService } from '@itsup/docker';

import type { DesiredService } from '../plan/model';
import { deployedLabels, deployedOf } from './deployed-label';
import { changesTasks, movesWithTasks, planOnSwarm, type ObservedService } from './plan-swarm';

const desired = (more: Partial<DesiredService> = {}): DesiredService => ({
  ...{ name: 'web', image: 'web:1', imageId: 'sha256:1', buildDigest: null, built: false, pulls: false },
  ...{ replicas: 2, aspects: { 'environment A': 'x' }, definition: null, networks: [], dependsOn: [] },
  ...{ hangsOn: [], hooks: { preStart: 0, postStart: 0, preStop: 0 }, notRolled: [], mayFinish: false },
  ...more,
});

/** As a deploy of that left it. */
function observed(of: DesiredService, more: Partial<SwarmService> = {}): ObservedService {
  const { aspects, image, imageId, buildDigest, replicas } = of;
  const written = deployedLabels('id', 'app', { aspects, image, imageId, buildDigest, replicas });
  // As the CLI reads them.
  const labels = Object.fromEntries(
    Object.entries(written).map(([key, value]) => [key, value.replaceAll('$$', '$')]),
  );
  const service: SwarmService = {
    ...{ id: 's', version: 1, name: 'app_web', stack: 'app', labels, image, mode: 'Replicated' },
    ...{ replicas, restarts: 'any', taskSpec: {}, files: [], update: null },
    ...more,
  };
  return { service, tasks: [] };
}

const plan = (of: DesiredService, seen: ObservedService | null) =>
  planOnSwarm([of], new Map(seen === null ? [] : [['web', seen]])).map(
    ({ service, action, reasons, notRolled }) => ({ service, action, reasons, notRolled }),
  );

test('a service that is not there, and one that is wanted no more', () => {
  expect(plan(desired(), null)).toMatchObject([{ action: 'create' }]);
  expect(planOnSwarm([], new Map([['web', observed(desired())]]))).toMatchObject([
    { service: 'web', action: 'remove', reasons: ['no longer in the Compose file'] },
  ]);
});

test('what it was deployed as is read from its labels, whatever its texts hold', () => {
  const odd = desired({ image: 'a$b${c}', aspects: { 'environment $A': '$$' } });
  expect(deployedOf(observed(odd).service)).toMatchObject({
    image: 'a$b${c}',
    aspects: { 'environment $A': '$$' },
  });
  expect(plan(odd, observed(odd))).toMatchObject([{ action: 'none' }]);
});

test('a change is a rollout, or a recreation with the reason; a container’s name is none', () => {
  const seen = observed(desired());
  expect(plan(desired({ aspects: { 'environment A': 'y' } }), seen)).toMatchObject([
    { action: 'rollout', reasons: ['environment A'] },
  ]);
  expect(
    plan(
      desired({ image: 'web:2', imageId: 'sha256:2', notRolled: ['container_name x is taken once'] }),
      seen,
    ),
  ).toMatchObject([{ action: 'rollout', reasons: ['image web:1 → 2'] }]);
  expect(plan(desired({ imageId: 'sha256:2', notRolled: ['volume data is writable'] }), seen)).toMatchObject([
    { action: 'recreate', notRolled: ['volume data is writable'] },
  ]);
});

test('replicas, also those that somebody changed by hand', () => {
  expect(plan(desired({ replicas: 3 }), observed(desired()))).toMatchObject([
    { action: 'scale', reasons: ['replicas 2 → 3'] },
  ]);
  expect(plan(desired(), observed(desired(), { replicas: 5 }))).toMatchObject([
    { action: 'scale', reasons: ['replicas 5 → 2'] },
  ]);
});

test('a service without our labels is brought to what the file says', () => {
  expect(plan(desired(), observed(desired(), { labels: {} }))).toMatchObject([
    { action: 'rollout', reasons: ['it does not say what it was made from'] },
  ]);
});

test('another port of a row and new tasks in one deploy are noticed, each alone is not', () => {
  const port = 'label traefik.http.services.shop-web-8080.loadbalancer.server.port';
  const before = desired({ aspects: { 'environment A': 'x', [port]: '1' } });
  const moved = (aspects: Record<string, string>, more: Partial<DesiredService> = {}): boolean =>
    movesWithTasks(observed(before), desired({ aspects, ...more }));
  const other = port.replaceAll('8080', '9090');
  expect(moved({ 'environment A': 'x', [other]: '2' })).toBe(false);
  expect(moved({ 'environment A': 'y', [port]: '1' })).toBe(false);
  expect(moved({ 'environment A': 'y', [port]: '1', 'label traefik.http.routers.a.rule': '3' })).toBe(false);
  expect(moved({ 'environment A': 'y', [other]: '2' })).toBe(true);
  expect(moved({ 'environment A': 'x', [other]: '2' }, { image: 'web:2', imageId: 'sha256:2' })).toBe(true);
});

test('labels for Traefik are the service’s: they change without a new task, and nothing else does', () => {
  const before = desired({ aspects: { 'environment A': 'x', 'label traefik.enable': 'a', 'label b': 'c' } });
  const seen = observed(before);
  const aspects = { ...before.aspects };
  expect(changesTasks(seen, desired({ aspects }))).toBe(false);
  expect(changesTasks(seen, desired({ aspects: { ...aspects, 'label traefik.enable': 'b' } }))).toBe(false);
  expect(changesTasks(seen, desired({ aspects: { 'environment A': 'x', 'label b': 'c' } }))).toBe(false);
  expect(changesTasks(seen, desired({ aspects: { ...aspects, 'label b': 'd' } }))).toBe(true);
  expect(changesTasks(seen, desired({ aspects: { ...aspects, 'environment B': 'y' } }))).toBe(true);
  expect(changesTasks(seen, desired({ aspects, image: 'web:2', imageId: 'sha256:2' }))).toBe(true);
});
