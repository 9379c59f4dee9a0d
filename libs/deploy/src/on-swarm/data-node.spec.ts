import type { SwarmNode } from '@itsup/docker';

import { dataNode, servicesWithData } from './data-node';

const node = (hostName: string, more: Partial<SwarmNode> = {}): SwarmNode => ({
  ...{ id: hostName, version: 1, hostName, role: 'manager', availability: 'active', state: 'ready' },
  ...{ address: '10.0.0.1', isLeader: false, labels: {}, engineVersion: '28' },
  ...more,
});

const HAS = { labels: { 'itsup.data.app': 'true' } };
const of = (nodes: SwarmNode[], hasRun = false) => dataNode('app', 'app', { nodes, nodeId: 'alpha' }, hasRun);

test('the first deploy picks the machine that it runs on; from then on the label says it', () => {
  expect(of([node('alpha'), node('beta')])).toMatchObject({ node: { hostName: 'alpha' }, isNew: true });
  expect(of([node('alpha'), node('beta', HAS)], true)).toMatchObject({
    node: { hostName: 'beta' },
    isNew: false,
  });
});

test('nothing begins on empty volumes beside full ones', () => {
  expect(() => of([node('alpha')], true)).toThrow('which machine has the data of app is not known');
  expect(() => of([node('alpha'), node('beta', { ...HAS, availability: 'drain' })], true)).toThrow(
    'set to drain',
  );
  expect(() => of([node('alpha'), node('beta', { ...HAS, state: 'down' })], true)).toThrow('which is down');
  expect(() => of([node('alpha', HAS), node('beta', HAS)], true)).toThrow('on alpha and beta');
});

test('data is a volume or a folder of one machine', () => {
  const mounts = (type: 'bind' | 'volume' | 'tmpfs', source: string) => ({
    volumes: [{ type, source, target: '/x' }],
  });
  const services = {
    bind: mounts('bind', '/x'),
    local: mounts('volume', 'v'),
    shared: mounts('volume', 'nfs'),
    plugin: mounts('volume', 'cloud'),
    memory: mounts('tmpfs', ''),
    none: {},
  };
  const volumes = { v: {}, nfs: { driver_opts: { type: 'nfs' } }, cloud: { driver: 'rclone' } };
  expect(servicesWithData({ name: 'app', services, volumes })).toEqual(['bind', 'local']);
});
