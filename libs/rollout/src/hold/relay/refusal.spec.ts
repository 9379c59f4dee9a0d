import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

import { endUnspoken } from './refusal';

const NEVER_MS = 3_600_000;
const servers: Server[] = [];
afterEach(() => servers.splice(0).forEach((server) => server.close()));

/** A client, and what he hears of the end of his connection. */
async function refused(withinMs: number): Promise<{ client: Socket; taken: Socket; over: Promise<unknown> }> {
  const server = createServer({ pauseOnConnect: true, allowHalfOpen: true });
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const client = connect({ port, host: '127.0.0.1', allowHalfOpen: true }).resume();
  const over = once(client, 'end');
  const [taken] = (await once(server, 'connection')) as [Socket];
  endUnspoken(taken, withinMs);
  return { client, taken, over };
}

describe('endUnspoken', () => {
  const header = 'PROXY TCP4 192.0.2.1 192.0.2.2 5000 443\r\n';

  it.each<[string, string | Buffer]>([
    ['a PROXY header', header],
    ['a PROXY header in bytes', Buffer.from('0d0a0d0a000d0a515549540a20000000', 'hex')],
  ])('does not take %s for the word of the client', async (_, start) => {
    const { client, taken, over } = await refused(NEVER_MS);
    client.write(start);
    while (taken.bytesRead < start.length) await sleep(5);
    await sleep(20);
    expect(taken.destroyed).toBe(false);
    client.write('ping');
    await over;
    client.destroy();
  });

  it('ends at the first word of the client', async () => {
    const { client, over } = await refused(NEVER_MS);
    client.write('ping');
    await over;
    client.destroy();
  });

  it('ends when the client does', async () => {
    const { client, over } = await refused(NEVER_MS);
    client.end();
    await over;
  });

  it.each(['', header])('ends after a while one that waits for the first word, after %j', async (start) => {
    const { client, over } = await refused(50);
    if (start !== '') client.write(start);
    await over;
    client.destroy();
  });
});
