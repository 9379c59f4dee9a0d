import type { ComposeService, SwarmNode } from '@itsup/docker';

import { hasRoom } from './room';

const node = (hostName: string, more: Partial<SwarmNode> = {}): SwarmNode => ({
  ...{ id: `id-${hostName}`, version: 1, hostName, role: 'worker', availability: 'active', state: 'ready' },
  ...{ address: '192.0.2.1', isLeader: false, labels: {}, engineVersion: '28.5.2' },
  ...more,
});
const three = [node('a', { role: 'manager', labels: { disk: 'SSD' } }), node('b'), node('c')];
const service = (replicas: number, most: number, more: object = {}): ComposeService => ({
  deploy: { replicas, placement: { max_replicas_per_node: most }, ...more },
});

test('one more task finds a machine, unless each has as many as it may have', () => {
  expect(hasRoom(service(2, 1), [], three)).toBe(true);
  expect(hasRoom(service(3, 1), [], three)).toBe(false);
  expect(hasRoom(service(5, 2), [], three)).toBe(true);
  expect(hasRoom(service(9, 0), [], three)).toBe(true);
  expect(hasRoom({ deploy: {} }, [], [])).toBe(true);
  expect(hasRoom({ ...service(1, 1), scale: 3 }, [], three)).toBe(false);
});

test('as many more as are replaced at a time', () => {
  expect(hasRoom(service(2, 2, { update_config: { parallelism: 4 } }), [], three)).toBe(true);
  expect(hasRoom(service(3, 2, { update_config: { parallelism: 4 } }), [], three)).toBe(false);
  expect(hasRoom(service(3, 2, { update_config: { parallelism: 0 } }), [], three)).toBe(true);
  expect(hasRoom(service(4, 2, { update_config: { parallelism: 0 } }), [], three)).toBe(false);
});

test.each<[string[], boolean]>([
  [['node.role == worker'], true],
  [['node.role==manager'], false],
  [['node.hostname != A'], true],
  [['node.hostname != a', 'node.id != id-b'], false],
  [['node.labels.disk == ssd'], false],
  [['node.labels.disk != ssd'], true],
  [['node.platform.os == linux'], false],
])('only machines count that its placement allows: %j', (constraints, has) => {
  expect(hasRoom(service(1, 1), constraints, three)).toBe(has);
});

test('only machines count that take tasks', () => {
  const [a = node('a')] = three;
  expect(hasRoom(service(1, 1), [], [a, node('b', { availability: 'drain' })])).toBe(false);
  expect(hasRoom(service(1, 1), [], [a, node('b', { availability: 'pause' })])).toBe(false);
  expect(hasRoom(service(1, 1), [], [a, node('b', { state: 'down' })])).toBe(false);
});
