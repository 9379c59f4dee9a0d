import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

import { output, run, type Run } from '../run';

/** What the requests of a neighbour came to. */
export interface Requests {
  ok: number;
  failures: Record<string, number>;
}

/**
 * A machine beside this one: a network namespace that reaches the host over a link of its own, on which the host's
 * INPUT chain lets in some ports alone.
 */
export interface Neighbour {
  /** Sends GETs over HTTPS, each on a connection of its own, at a constant rate until it is ended. */
  request(question: { port: number; host: string; perSecond: number }): { end(): Promise<Requests> };
  /** Whether a TCP connection to a port of the host can be opened. */
  reaches(port: number): Promise<boolean>;
  /** Sends what goes to these addresses to the host, as a neighbour may who knows them. */
  routeThroughHost(subnet: string): Promise<void>;
  /** Runs a program of the host on the neighbour's machine. */
  run(file: string, args: string[]): Promise<Run>;
  close(): Promise<void>;
}

const NAMESPACE = 'itsup-e2e-neighbour';
const LINK = 'itsup-e2e';
const CHAIN = 'ITSUP-E2E';
/** The host's address on the link. */
export const HOST = '203.0.113.1';
const OURS = '203.0.113.2';

/** @param open TCP ports of the host that its firewall lets the neighbour in to; `all`: it has no firewall */
export async function openNeighbour(open: number[] | 'all'): Promise<Neighbour> {
  await close();
  await output('ip', ['netns', 'add', NAMESPACE]);
  await output('ip', ['link', 'add', LINK, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', NAMESPACE]);
  await output('ip', ['address', 'add', `${HOST}/30`, 'dev', LINK]);
  await output('ip', ['link', 'set', LINK, 'up']);
  await inside('ip', ['address', 'add', `${OURS}/30`, 'dev', 'eth0']);
  await inside('ip', ['link', 'set', 'eth0', 'up']);
  if (open !== 'all') await fireWall(open);
  return { request, reaches, routeThroughHost, run: runThere, close };
}

async function fireWall(open: number[]): Promise<void> {
  await output('iptables', ['-N', CHAIN]);
  await output('iptables', ['-A', CHAIN, '-m', 'conntrack', '--ctstate', 'ESTABLISHED', '-j', 'ACCEPT']);
  for (const port of open) {
    await output('iptables', ['-A', CHAIN, '-p', 'tcp', '--dport', String(port), '-j', 'ACCEPT']);
  }
  await output('iptables', ['-A', CHAIN, '-j', 'DROP']);
  await output('iptables', ['-A', 'INPUT', '-i', LINK, '-j', CHAIN]);
}

function request({ port, host, perSecond }: { port: number; host: string; perSecond: number }): {
  end(): Promise<Requests>;
} {
  const child = spawn(
    'ip',
    [
      ...['netns', 'exec', NAMESPACE, process.execPath, join(__dirname, 'neighbour-requests.js')],
      ...[HOST, String(port), host, String(perSecond)],
    ],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += String(chunk)));
  const exit = once(child, 'close');
  return {
    end: async () => {
      child.stdin.end();
      await exit;
      return JSON.parse(text) as Requests;
    },
  };
}

async function reaches(port: number): Promise<boolean> {
  const script = `
    const socket = require('node:net').connect({ host: '${HOST}', port: ${port}, timeout: 2000 });
    const tell = (code) => process.exit(code);
    socket.on('connect', () => tell(0)).on('error', () => tell(1)).on('timeout', () => tell(1));
  `;
  const { exitCode } = await run('ip', ['netns', 'exec', NAMESPACE, process.execPath, '-e', script]);
  return exitCode === 0;
}

async function routeThroughHost(subnet: string): Promise<void> {
  await inside('ip', ['route', 'replace', subnet, 'via', HOST]);
}

function runThere(file: string, args: string[]): Promise<Run> {
  return run('ip', ['netns', 'exec', NAMESPACE, file, ...args]);
}

async function inside(file: string, args: string[]): Promise<void> {
  await output('ip', ['netns', 'exec', NAMESPACE, file, ...args]);
}

/** Takes away whatever is there; an earlier run may have been killed. */
async function close(): Promise<void> {
  await run('iptables', ['-D', 'INPUT', '-i', LINK, '-j', CHAIN]);
  await run('iptables', ['-F', CHAIN]);
  await run('iptables', ['-X', CHAIN]);
  await run('ip', ['link', 'delete', LINK]);
  await run('ip', ['netns', 'delete', NAMESPACE]);
}
