import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

import { tcpTraffic } from './load/socket-traffic';
import { Counter, type Tally } from './load/tally';

/** What a load counts whose requests by TCP are answered so. */
async function counted(answer: string, expected: string | null): Promise<Pick<Tally, 'ok' | 'failures'>> {
  const server = createServer((socket) => socket.on('data', () => socket.end(answer)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const counter = new Counter();
    const { port } = server.address() as AddressInfo;
    const profile = { kind: 'tcp', name: 'tcp', address: '127.0.0.1', port, perSecond: 1 } as const;
    tcpTraffic(profile, counter, () => expected).send(performance.now());
    for (;;) {
      const { ok, failures } = counter.tally();
      if (ok + Object.keys(failures).length > 0) return { ok, failures };
      await sleep(5);
    }
  } finally {
    server.close();
  }
}

it.each<[string, string | null, object]>([
  ['v3 ping\n', null, { ok: 1, failures: {} }],
  ['v3 ping\n', 'v3', { ok: 1, failures: {} }],
  ['v3 ping\n', 'v4', { ok: 0, failures: { 'wrong version': 1 } }],
  [
    'HTTP/1.1 400 Bad Request\r\n\r\n',
    null,
    { ok: 0, failures: { 'not the backend: HTTP/1.1 400 Bad Request': 1 } },
  ],
  ['v3 pong\n', null, { ok: 0, failures: { 'not the backend: v3 pong': 1 } }],
])('a load by TCP takes %j for an answer where %s is expected, or not', async (answer, expected, outcome) => {
  expect(await counted(answer, expected)).toEqual(outcome);
});
