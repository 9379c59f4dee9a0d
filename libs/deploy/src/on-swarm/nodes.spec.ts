import type { SwarmNode } from '@itsup/docker';
import { noSwarm } from '@itsup/docker/testing/no-swarm';

import { activateNode, drainNode, initSwarm, joinCommand, swarmNodes, type NodesContext } from './nodes';

const node = (hostName: string, more: Partial<SwarmNode> = {}): SwarmNode => ({
  ...{
    id: `id-of-${hostName}`,
    version: 1,
    hostName,
    role: 'worker',
    availability: 'active',
    state: 'ready',
  },
  ...{ address: '10.0.0.1', isLeader: false, labels: {}, engineVersion: '28' },
  ...more,
});
const ALPHA = node('alpha', { role: 'manager', isLeader: true });
const HAS_DATA = { labels: { 'itsup.data.shop': 'true' } };

/** A swarm of these machines, of which this one is `alpha`, and what was done to them. */
function swarmOf(...nodes: SwarmNode[]) {
  const done: string[] = [];
  const context: NodesContext = {
    docker: {
      engine: () => Promise.resolve({ liveRestore: false }),
      swarm: {
        ...noSwarm(),
        state: () =>
          Promise.resolve({
            ...{ state: 'active', isManager: true, nodeId: ALPHA.id, address: '10.0.0.1', error: '' },
          }),
        listNodes: () => Promise.resolve(nodes),
        listServices: () => Promise.resolve([]),
        listTasks: () => Promise.resolve([]),
        joinCommand: (role) => Promise.resolve(`docker swarm join --token ${role} 10.0.0.1:2377`),
        setAvailability: (id, availability) => {
          done.push(`${id} ${availability}`);
          return Promise.resolve();
        },
      },
    },
  };
  return { context, done };
}

describe('drain', () => {
  test('takes a machine out of use, by its name or its id', async () => {
    const { context, done } = swarmOf(ALPHA, node('beta'));
    expect(await drainNode(context, 'beta', { mayStop: false })).toContain('itsup swarm activate beta');
    await drainNode(context, 'id-of-beta', { mayStop: false });
    expect(done).toEqual(['id-of-beta drain', 'id-of-beta drain']);
  });

  test.each([
    ['the data of a project is there', [ALPHA, node('beta', HAS_DATA)], 'beta has the data of shop'],
    ['no other machine is there', [node('beta')], 'beta is the only machine that works'],
    [
      'no other machine works',
      [node('alpha', { availability: 'drain' }), node('beta')],
      'beta is the only machine that works',
    ],
    [
      'every other machine is lost',
      [node('alpha', { state: 'down' }), node('beta')],
      'beta is the only machine that works',
    ],
  ])('is asked for twice where something stops by it: %s', async (_what, nodes, message) => {
    const { context, done } = swarmOf(...nodes);
    await expect(drainNode(context, 'beta', { mayStop: false })).rejects.toThrow(message);
    expect(done).toEqual([]);
    await drainNode(context, 'beta', { mayStop: true });
    expect(done).toEqual(['id-of-beta drain']);
  });

  test('a name that is none’s is answered by a like one, and one of two machines is not guessed at', async () => {
    const { context, done } = swarmOf(ALPHA, node('beta'), node('beta', { id: 'id-of-other' }));
    await expect(drainNode(context, 'alpa', { mayStop: true })).rejects.toThrow('no machine alpa');
    await expect(drainNode(context, 'beta', { mayStop: true })).rejects.toThrow(
      'the swarm has 2 machines called beta',
    );
    await expect(activateNode(context, 'beta')).rejects.toThrow('the swarm has 2 machines called beta');
    expect(done).toEqual([]);
    await drainNode(context, 'id-of-other', { mayStop: false });
    expect(done).toEqual(['id-of-other drain']);
  });
});

test('activate lets it work again', async () => {
  const { context, done } = swarmOf(ALPHA, node('beta', { availability: 'drain' }));
  expect(await activateNode(context, 'beta')).toContain('beta gets tasks again');
  expect(done).toEqual(['id-of-beta active']);
});

test('status has the leader first, then managers, then workers by name; and what data is where', async () => {
  const { context } = swarmOf(
    node('delta'),
    node('beta', HAS_DATA),
    node('zeta', { role: 'manager' }),
    ALPHA,
  );
  const nodes = await swarmNodes(context);
  expect(nodes.map(({ name, data }) => [name, ...data])).toEqual([
    ['alpha'],
    ['zeta'],
    ['beta', 'shop'],
    ['delta'],
  ]);
  expect(nodes.filter(({ isHere }) => isHere).map(({ name }) => name)).toEqual(['alpha']);
});

test('join-command is for a worker or a manager', async () => {
  const { context } = swarmOf(ALPHA);
  expect(await joinCommand(context, 'worker')).toBe('docker swarm join --token worker 10.0.0.1:2377');
  expect(await joinCommand(context, 'manager')).toBe('docker swarm join --token manager 10.0.0.1:2377');
});

describe('init is refused', () => {
  test('where the machine is in a swarm', async () => {
    await expect(initSwarm(swarmOf(ALPHA).context, undefined)).rejects.toThrow('in a swarm already');
  });

  test('where the engine keeps containers alive without itself', async () => {
    const docker = { engine: () => Promise.resolve({ liveRestore: true }), swarm: noSwarm() };
    await expect(initSwarm({ docker }, undefined)).rejects.toThrow('`live-restore` on');
  });
});
