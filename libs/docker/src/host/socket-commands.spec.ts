import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import type { CommandRunner } from '../process/command-runner';
import { socketCommands } from './socket-commands';

/** No program of the host's. */
const runner: Pick<CommandRunner, 'attempt'> = {
  attempt: () =>
    Promise.resolve({ exitCode: 1, ending: 'exited', signal: null, stdout: '', stderr: '', all: '' }),
};

it('finds a connection that the server has closed already, where that is asked for', async () => {
  const server = createServer((socket) => socket.end());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const client = connect({ host: '127.0.0.1', port, allowHalfOpen: true });
  await once(client, 'connect');
  client.resume();
  await once(client, 'end');

  const { connections } = socketCommands(runner as CommandRunner);
  const asked = { localPort: port, remotePort: client.localPort ?? 0 };
  expect(await connections(asked)).toEqual([]);
  expect(await connections({ ...asked, ended: true })).toHaveLength(1);
  client.destroy();
  server.close();
});
