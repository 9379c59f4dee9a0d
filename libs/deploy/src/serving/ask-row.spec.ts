import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { askRow } from './ask-row';
import type { RowQuestion } from './questions';

let server: Server;
let port: number;

beforeEach(async () => {
  server = createServer(({ headers, url }, response) => {
    if (url === '/endless') {
      response.write('x'.repeat(1000));
      return;
    }
    if (url === '/cut') {
      response.socket?.destroy();
      return;
    }
    response.writeHead(404, { 'x-host': headers.host }).end('404 page not found\n');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  ({ port } = server.address() as AddressInfo);
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const ask = (change: Partial<RowQuestion> = {}) =>
  askRow({
    ...{
      text: '',
      kind: 'http',
      address: '127.0.0.1',
      port,
      tls: false,
      host: 'blog.example.com',
      path: '/',
    },
    place: { file: '', line: 1, column: 1 },
    ...change,
  });

describe('askRow', () => {
  it('asks by the name of the row at the address of the entry point', async () => {
    expect(await ask()).toMatchObject({
      ...{ kind: 'answered', status: 404, body: '404 page not found\n' },
      headers: { 'x-host': 'blog.example.com' },
    });
  });

  it('does not wait for the end of a body, nor for one that never comes', async () => {
    expect(await ask({ path: '/endless' })).toMatchObject({ kind: 'answered', status: 200 });
  });

  it('tells a port that refuses from a connection without an answer', async () => {
    expect(await ask({ path: '/cut' })).toMatchObject({ kind: 'silent' });
    expect(await ask({ kind: 'tcp' })).toEqual({ kind: 'open' });
    expect(await ask({ tls: true })).toMatchObject({ kind: 'silent' });
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
    expect(await ask()).toEqual({ kind: 'refused' });
    expect(await ask({ kind: 'tcp' })).toEqual({ kind: 'refused' });
  });
});
