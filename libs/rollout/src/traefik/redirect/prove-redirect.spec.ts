import type { Connection } from '@itsup/docker';

import { answeringLoopbacks, proveRedirect, type Prober } from './prove-redirect';
import type { Shadow } from '../types';

const shadow = (port: number, change: Partial<Shadow> = {}): Shadow => ({
  entryPoint: `tcp-${port}`,
  host: '',
  protocol: 'tcp',
  port,
  shadowPort: port + 10_000,
  ...change,
});

function connection(port: number): Connection {
  const end = { address: '127.0.0.1', port };
  const idle = { bytesSent: 0, bytesReceived: 0, idleMs: 0, receiveQueue: 0, sendQueue: 0 };
  return { local: end, remote: end, ...idle };
}

/** A host that answers at these addresses, and redirects some of them to the shadow port. */
function hostWith(answers: string[], redirected: string[], closing: string[] = []): Prober {
  const held: string[] = [];
  return {
    connect: (address, port) => {
      const key = `${address} ${port}`;
      if (!answers.includes(key)) return Promise.reject(new Error('connect ECONNREFUSED'));
      held.push(key);
      return Promise.resolve({
        localPort: 50_000 + port,
        close: () => void held.splice(held.indexOf(key), 1),
      });
    },
    docker: {
      // What the server has closed at once is only seen by who asks for it.
      connections: ({ localPort, remotePort, ended } = {}) =>
        Promise.resolve(
          held.flatMap((key) => {
            const port = Number(key.split(' ')[1]);
            const isAsked = port + 10_000 === localPort && port + 50_000 === remotePort;
            const isSeen = redirected.includes(key) && isAsked && (ended === true || !closing.includes(key));
            return isSeen ? [connection(port)] : [];
          }),
        ),
      run: () => Promise.resolve({ exitCode: 0, stdout: '', stderr: '' }),
    },
  };
}

const both = ['127.0.0.1 8080', '::1 8080', '127.0.0.1 5432'];

describe('the proof of a redirect', () => {
  it('asks every TCP port, over each family that the old instance answers on', async () => {
    const context = hostWith(both, both);
    const shadows = [
      shadow(8080),
      shadow(5432),
      shadow(53, { protocol: 'udp' }),
      shadow(8082, { host: '127.0.0.1' }),
    ];
    const loopbacks = await answeringLoopbacks(context, shadows, ['ipv4', 'ipv6']);
    expect(loopbacks.map(({ address, port }) => `${address} ${port}`)).toEqual(both);
    await proveRedirect(context, { loopbacks, reachable: [] }, 'traefik');
  });

  it('takes a connection that Traefik closes at once for one that has arrived', async () => {
    const context = hostWith(both, both, ['127.0.0.1 5432']);
    const loopbacks = await answeringLoopbacks(context, [shadow(8080), shadow(5432)], ['ipv4', 'ipv6']);
    await proveRedirect(context, { loopbacks, reachable: [] }, 'traefik');
  });

  it.each([
    ['::1 8080', /does not redirect port 8080 over IPv6/],
    ['127.0.0.1 5432', /does not redirect port 5432 over IPv4/],
  ])('fails where %s does not arrive', async (lost, message) => {
    const context = hostWith(
      both,
      both.filter((key) => key !== lost),
    );
    const loopbacks = await answeringLoopbacks(context, [shadow(8080), shadow(5432)], ['ipv4', 'ipv6']);
    await expect(proveRedirect(context, { loopbacks, reachable: [] }, 'traefik')).rejects.toThrow(message);
  });

  it('asks nothing of a family that the packet filter lacks', async () => {
    const found = await answeringLoopbacks(hostWith(both, both), [shadow(8080)], ['ipv4']);
    expect(found.map(({ address }) => address)).toEqual(['127.0.0.1']);
  });
});
