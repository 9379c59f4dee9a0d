import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { portsAnswer } from '@itsup/rollout';
import { defaultLimits } from '@itsup/rollout';
import { NoAnswer } from '@itsup/rollout';
import { waitFor } from '@itsup/rollout';
import { containerFacts } from '@itsup/rollout/testing/container-facts';
import { getText, tcpProbe } from './network-probes';

let server: Server;
const hosts: string[] = [];
afterEach(() => {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(resolve));
});

async function serve(answer: RequestListener): Promise<number> {
  server = createServer((request, response) => {
    hosts.push(request.headers.host ?? '');
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

/** A page that goes on for ever, never idle. */
const stream: RequestListener = (_, response) => {
  response.writeHead(200);
  const timer = setInterval(() => response.write('x'), 10);
  response.on('close', () => clearInterval(timer));
};

function probe(port: number): Promise<string> {
  const context = { get: getText, tcpProbe, proxy: null };
  const labels = {
    'traefik.enable': 'true',
    'traefik.http.routers.web.rule': 'Host(`shop.test`) && PathPrefix(`/`)',
    'traefik.http.routers.web.service': 'web',
    'traefik.http.services.web.loadbalancer.server.port': String(port),
  };
  return portsAnswer(context, containerFacts({ labels, addresses: { proxynet: '127.0.0.1' } }));
}

describe('getText', () => {
  it('gives up on an answer that never ends', async () => {
    const port = await serve(stream);
    await expect(getText(`http://127.0.0.1:${port}/`, { timeoutMs: 300 })).rejects.toBeInstanceOf(NoAnswer);
  });

  it('refuses an answer without measure', async () => {
    const block = Buffer.alloc(1024 * 1024);
    const port = await serve((_, response) => {
      const more = (): void => {
        while (!response.destroyed && response.write(block));
      };
      response.on('drain', more);
      more();
    });
    await expect(getText(`http://127.0.0.1:${port}/`, { timeoutMs: 10_000 })).rejects.toThrow(/larger than/);
  });
});

describe('a routed port', () => {
  it.each<[string, RequestListener]>([
    ['streams', stream],
    ['answers 503', (_, response) => response.writeHead(503).end()],
    ['takes its time', () => undefined],
  ])('that %s is up', async (_, answer) => {
    expect(await probe(await serve(answer))).toBe('');
  });

  it('that resets the connection is not', async () => {
    const port = await serve((request) => request.socket.resetAndDestroy());
    expect(await probe(port)).toMatch(/does not answer HTTP/);
  });

  it('is asked by the domain of its route', async () => {
    const port = await serve((_, response) => response.end());
    hosts.length = 0;
    await probe(port);
    expect(hosts).toEqual(['shop.test']);
  });
});

describe('waitFor', () => {
  it('ends although a look never does', async () => {
    await serve(() => undefined);
    const waiter = {
      clock: { now: () => Date.now(), sleep: () => Promise.resolve() },
      signal: new AbortController().signal,
      deadline: () => AbortSignal.timeout(50),
      onWaiting: () => undefined,
    };
    const options = { what: 'the engine', limitMs: 20, intervalMs: defaultLimits.healthInterval };
    await expect(waitFor(waiter, options, () => new Promise<null>(() => undefined))).rejects.toThrow(
      /gave up after .* of waiting for the engine/,
    );
  });
});
