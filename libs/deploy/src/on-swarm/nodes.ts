import { suggest, UserError } from '@itsup/config';
import type { Engine, Swarm, SwarmNode } from '@itsup/docker';

import { dataOf } from './data-node';
import { observeSwarm, type SwarmFacts } from './swarm-facts';

/** What the commands about machines ask. */
export interface NodesContext {
  docker: { swarm: Swarm; engine(): Promise<Pick<Engine, 'liveRestore'>> };
}

/** One machine of the swarm, for people and scripts. */
export interface NodeStatus {
  name: string;
  role: SwarmNode['role'];
  isLeader: boolean;
  /** This machine. */
  isHere: boolean;
  /** `ready`, `down` and so on, as the engine says it. */
  state: string;
  availability: SwarmNode['availability'];
  address: string;
  engineVersion: string;
  /** Tasks that run on it. */
  tasks: number;
  /** Compose projects whose data it has. */
  data: string[];
}

/**
 * Makes this machine the first manager of a swarm.
 * @param address by which other machines reach it; absent: its only one
 * @returns what was done, in words
 * @throws UserError where the engine's settings forbid it, or it is in a swarm already
 */
export async function initSwarm({ docker }: NodesContext, address: string | undefined): Promise<string> {
  const before = await docker.swarm.state();
  if (before.state !== 'inactive') {
    throw new UserError({
      code: 'in-a-swarm',
      severity: 'error',
      message: `this machine is in a swarm already (${before.state}${before.isManager ? ', a manager' : ''})`,
      help: 'look at it: itsup swarm status; to begin anew, leave it first: docker swarm leave --force',
    });
  }
  if ((await docker.engine()).liveRestore) {
    throw new UserError({
      code: 'live-restore',
      severity: 'error',
      message: 'the engine has `live-restore` on, and refuses to be in a swarm with it',
      help: 'take `live-restore` out of /etc/docker/daemon.json and restart the engine: systemctl restart docker',
    });
  }
  await docker.swarm.init(address === undefined ? {} : { address });
  const { nodes, nodeId } = await observeSwarm(docker);
  const own = nodes.find(({ id }) => id === nodeId);
  return `${own?.hostName ?? 'this machine'} is a swarm of one, at ${own?.address ?? 'an address of its own'}`;
}

/** The machines of the swarm, managers first. */
export async function swarmNodes({ docker }: NodesContext): Promise<NodeStatus[]> {
  const facts = await observeSwarm(docker);
  const rank = ({ isLeader, role }: SwarmNode): number => (isLeader ? 0 : role === 'manager' ? 1 : 2);
  return [...facts.nodes]
    .sort((a, b) => rank(a) - rank(b) || a.hostName.localeCompare(b.hostName))
    .map((node) => ({
      name: node.hostName,
      role: node.role,
      isLeader: node.isLeader,
      isHere: node.id === facts.nodeId,
      state: node.state,
      availability: node.availability,
      address: node.address,
      engineVersion: node.engineVersion,
      tasks: facts.tasks.filter(({ nodeId, state }) => nodeId === node.id && state === 'running').length,
      data: dataOf(node),
    }));
}

/** The command that brings another machine into the swarm; whoever has it can. */
export async function joinCommand({ docker }: NodesContext, role: SwarmNode['role']): Promise<string> {
  await observeSwarm(docker);
  return docker.swarm.joinCommand(role);
}

/**
 * Takes a machine out of use: its tasks start elsewhere, and those with data on it wait until it is back.
 * @param mayStop let stop what has its data there; else such a machine is refused
 * @returns what was done, in words
 */
export async function drainNode(
  { docker }: NodesContext,
  name: string,
  { mayStop }: { mayStop: boolean },
): Promise<string> {
  const facts = await observeSwarm(docker);
  const node = nodeNamed(name, facts);
  const data = dataOf(node);
  if (data.length > 0 && !mayStop) {
    throw new UserError({
      code: 'data-on-node',
      severity: 'error',
      message: `${node.hostName} has the data of ${data.join(', ')}: drained, these stop until it is back`,
      help: `let them stop: itsup swarm drain ${node.hostName} --yes`,
    });
  }
  const others = facts.nodes.filter(
    ({ id, availability, state }) => id !== node.id && availability === 'active' && state === 'ready',
  );
  if (others.length === 0 && !mayStop) {
    throw new UserError({
      code: 'last-node',
      severity: 'error',
      message: `${node.hostName} is the only machine that works: drained, everything stops`,
      help: `let it stop: itsup swarm drain ${node.hostName} --yes`,
    });
  }
  await docker.swarm.setAvailability(node.id, 'drain');
  return `${node.hostName} gives up its tasks; back to work: itsup swarm activate ${node.hostName}`;
}

/** Lets a drained machine work again. What runs elsewhere stays there until its next deploy. */
export async function activateNode({ docker }: NodesContext, name: string): Promise<string> {
  const node = nodeNamed(name, await observeSwarm(docker));
  await docker.swarm.setAvailability(node.id, 'active');
  return `${node.hostName} gets tasks again`;
}

function nodeNamed(name: string, { nodes }: SwarmFacts): SwarmNode {
  const found = nodes.filter(({ hostName, id }) => hostName === name || id === name);
  const [node, second] = found;
  if (second !== undefined) {
    throw new UserError({
      code: 'unknown-node',
      severity: 'error',
      message: `the swarm has ${found.length} machines called ${name}`,
      help: `say which by its id: ${found.map(({ id, address, state }) => `${id} (${address}, ${state})`).join(', ')}`,
    });
  }
  if (node !== undefined) return node;
  const names = nodes.map(({ hostName }) => hostName);
  const meant = suggest(name, names);
  throw new UserError({
    code: 'unknown-node',
    severity: 'error',
    message: `the swarm has no machine ${name}`,
    help: meant === undefined ? `it has ${names.join(', ')}` : `did you mean ${meant}?`,
  });
}
