import { readFile } from 'node:fs/promises';
import type { CommandRunner } from '../process/command-runner';
import type { Docker } from '../docker';
import { DockerError } from '../fault/docker-error';
import {
  ENDED,
  ESTABLISHED,
  LISTENING,
  parseProcNet,
  parseSsConnections,
  parseSsListeners,
  type ProcSocket,
  UDP_OPEN,
} from './parse-sockets';
import type { Connection, ConnectionsOptions, Listener } from './sockets';

/** Sockets through `ss`, which alone knows counters and processes; without it through /proc, which needs no program. */
export function socketCommands(runner: CommandRunner): Pick<Docker, 'connections' | 'listeners'> {
  /** null: no ss, or it refuses. */
  const ss = async (args: string[], pid?: number): Promise<string | null> => {
    const command =
      pid === undefined
        ? { program: 'ss', args, title: 'ss' }
        : { program: 'nsenter', args: ['-t', String(pid), '-n', 'ss', ...args], title: 'ss' };
    try {
      const result = await runner.attempt(command);
      return result.exitCode === 0 ? result.stdout : null;
    } catch (error) {
      if (DockerError.is(error, 'docker-missing')) return null;
      throw error;
    }
  };

  return {
    connections: async (options = {}) => {
      // Of one that has ended /proc tells all that there is to tell.
      const printed =
        options.ended === true
          ? null
          : await ss(
              ['-H', '-t', '-i', '-n', '-O', 'state', 'established', ...ssFilter(options)],
              options.pid,
            );
      const all =
        printed === null
          ? await procConnections(
              options.pid,
              options.ended === true ? [ESTABLISHED, ...ENDED] : [ESTABLISHED],
            )
          : parseSsConnections(printed);
      return all.filter((connection) => matches(connection, options));
    },
    listeners: async () => {
      const printed = await ss(['-H', '-l', '-n', '-t', '-u', '-p']);
      return printed === null ? procListeners() : parseSsListeners(printed);
    },
  };
}

/** Ports only: for ss, `dst 10.0.0.2` does not match the same address as an IPv6 socket has it. */
function ssFilter({ localPort, remotePort }: ConnectionsOptions): string[] {
  const conditions = [
    ...(localPort === undefined ? [] : [`sport = :${localPort}`]),
    ...(remotePort === undefined ? [] : [`dport = :${remotePort}`]),
  ];
  return conditions.length === 0 ? [] : [conditions.join(' and ')];
}

function matches({ local, remote }: Connection, options: ConnectionsOptions): boolean {
  return (
    (options.localPort === undefined || local.port === options.localPort) &&
    (options.remotePort === undefined || remote.port === options.remotePort) &&
    (options.remoteAddress === undefined || remote.address === options.remoteAddress)
  );
}

async function procConnections(pid: number | undefined, states: readonly number[]): Promise<Connection[]> {
  const sockets = [...(await readProc('tcp', pid)), ...(await readProc('tcp6', pid))];
  return sockets
    .filter((socket) => states.includes(socket.state))
    .map(({ local, remote, receiveQueue, sendQueue }) => ({
      local,
      remote,
      receiveQueue,
      sendQueue,
      bytesSent: null,
      bytesReceived: null,
      idleMs: null,
    }));
}

async function procListeners(): Promise<Listener[]> {
  const of = async (protocol: 'tcp' | 'udp', table: string, state: number): Promise<Listener[]> =>
    (await readProc(table))
      .filter((socket) => socket.state === state)
      .map(({ local }) => ({ protocol, ...local, processes: [] }));
  const lists = await Promise.all([
    of('tcp', 'tcp', LISTENING),
    of('tcp', 'tcp6', LISTENING),
    of('udp', 'udp', UDP_OPEN),
    of('udp', 'udp6', UDP_OPEN),
  ]);
  return lists.flat();
}

async function readProc(table: string, pid?: number): Promise<ProcSocket[]> {
  const path = `/proc/${pid ?? 'self'}/net/${table}`;
  try {
    return parseProcNet(await readFile(path, 'utf8'));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // A kernel without IPv6 lacks its tables; a process that has ended has no sockets.
    if (code === 'ENOENT' || code === 'ESRCH') return [];
    throw new DockerError({
      code: 'command-failed',
      command: `read ${path}`,
      exitCode: null,
      stderr: String(error),
    });
  }
}
