import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer as createHttpServer, request } from 'node:http';
import { connect as connectHttp2 } from 'node:http2';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createServer as createTlsServer } from 'node:tls';

import type { Relay, RelayKind, RelayTarget } from '../../types';
import { DescriptorRoom } from './descriptor-room';
import { openRelay } from './relay';

const opened: { close(): void }[] = [];
afterEach(() => opened.splice(0).forEach((one) => one.close()));

async function relay(
  kind: RelayKind,
  limitMs = 60_000,
  page = '',
  options?: Parameters<typeof openRelay>[1],
): Promise<Relay> {
  const made = await openRelay(kind, options);
  opened.push(made);
  made.hold(limitMs, page);
  return made;
}

async function listening(server: Server): Promise<RelayTarget> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  opened.push(server);
  return { address: '127.0.0.1', port: (server.address() as AddressInfo).port, tls: null };
}

/** Counts what it carries out. */
async function application(): Promise<{ target: RelayTarget; bodies: string[] }> {
  const bodies: string[] = [];
  const server = createHttpServer((asked, answer) => {
    const chunks: Buffer[] = [];
    asked.on('data', (chunk: Buffer) => chunks.push(chunk));
    asked.on('end', () => {
      bodies.push(Buffer.concat(chunks).toString());
      answer.end(`done ${bodies.length}`);
    });
  });
  return { target: await listening(server), bodies };
}

interface Answer {
  status: number;
  headers: Record<string, unknown>;
  body: string;
}

function send(port: number, body: string | Buffer = ''): { answer: Promise<Answer>; giveUp(): void } {
  const asked = request({ host: '127.0.0.1', port, method: 'POST', agent: false });
  const answer = new Promise<Answer>((resolve, reject) => {
    asked.on('error', reject);
    asked.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks).toString(),
        }),
      );
    });
  });
  answer.catch(() => undefined);
  asked.end(body);
  return { answer, giveUp: () => asked.destroy() };
}

/** One that nobody would take for another's. */
function certificate(): { cert: Buffer; key: Buffer } {
  const folder = mkdtempSync(join(tmpdir(), 'relay-'));
  try {
    const files = ['-keyout', join(folder, 'key.pem'), '-out', join(folder, 'cert.pem')];
    const subject = ['-subj', '/CN=inner.test', '-days', '1'];
    execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', ...subject, ...files], {
      stdio: 'ignore',
    });
    return { key: readFileSync(join(folder, 'key.pem')), cert: readFileSync(join(folder, 'cert.pem')) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What a TCP client hears until the other side ends. */
async function heard(socket: Socket): Promise<string> {
  let text = '';
  socket.on('data', (data: Buffer) => (text += data.toString()));
  await once(socket, 'end');
  return text;
}

describe('openRelay', () => {
  it('holds requests and hands each over once', async () => {
    const { target, bodies } = await application();
    const held = await relay('http');
    const wanted = Array.from({ length: 300 }, (_, index) => `order ${index} ${'x'.repeat(2000)}`);
    const answers = wanted.map((body) => send(held.port, body));
    while (held.total < wanted.length) await sleep(20);
    expect(bodies).toEqual([]);
    await held.release([target]);
    expect((await Promise.all(answers.map(({ answer }) => answer))).map(({ status }) => status)).toEqual(
      wanted.map(() => 200),
    );
    expect([...bodies].sort()).toEqual([...wanted].sort());
    expect(held.total).toBe(300);
    expect((await send(held.port, 'later').answer).status).toBe(200);
  });

  it('loses nobody who comes at the very moment of the release', async () => {
    const { target } = await application();
    const held = await relay('http');
    const waiting = Array.from({ length: 20 }, (_, index) => send(held.port, `early ${index}`));
    while (held.total < waiting.length) await sleep(5);
    const released = held.release([target]);
    const late = Array.from({ length: 50 }, (_, index) => send(held.port, `late ${index}`));
    await released;
    const answers = await Promise.all([...waiting, ...late].map(({ answer }) => answer));
    expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
  });

  it('waits for a container that takes no connection in its first moments', async () => {
    const { target, bodies } = await application();
    const { port } = target;
    opened.splice(0).forEach((one) => one.close());
    const held = await relay('http');
    const { answer } = send(held.port, 'one');
    await sleep(50);
    await held.release([{ ...target, port }]);
    await sleep(250);
    const server = createHttpServer((_, response) => response.end());
    server.listen(port, '127.0.0.1');
    opened.push(server);
    expect((await answer).status).toBe(200);
    expect(bodies).toEqual([]);
  });

  it('asks the next container where one takes the connection and says nothing', async () => {
    const { target, bodies } = await application();
    const silent = { ...(await listening(createServer())), tls: { serverName: null } };
    const held = await relay('http', 60_000, '', { attemptMs: 50 });
    const { answer } = send(held.port, 'one');
    while (held.total < 1) await sleep(5);
    await held.release([silent, target]);
    expect((await answer).status).toBe(200);
    expect(bodies).toEqual(['one']);
  });

  it('does not deliver who gave up meanwhile: his next try would be a second request', async () => {
    const { target, bodies } = await application();
    const held = await relay('http');
    const impatient = send(held.port, 'impatient');
    const patient = send(held.port, 'patient');
    await sleep(200);
    impatient.giveUp();
    await sleep(100);
    await held.release([target]);
    await patient.answer;
    await sleep(100);
    expect(bodies).toEqual(['patient']);
  });

  it('does not deliver who gave up while the container took no connection yet', async () => {
    const { target, bodies } = await application();
    const server = opened.pop();
    server?.close();
    const held = await relay('http');
    const impatient = send(held.port, 'impatient');
    while (held.total < 1) await sleep(5);
    await held.release([target]);
    impatient.giveUp();
    await sleep(400);
    const late = createHttpServer((_, answer) => {
      bodies.push('delivered');
      answer.end();
    });
    late.listen(target.port, '127.0.0.1');
    opened.push(late);
    while (held.carried > 0) await sleep(20);
    expect(bodies).toEqual([]);
  });

  it('answers at once whom there is no room for: the kernel would cut him off', async () => {
    const { target } = await application();
    const held = await relay('http', 60_000, 'full', { room: new DescriptorRoom(1) });
    const first = send(held.port, 'first');
    while (held.total < 1) await sleep(5);
    expect(await send(held.port, 'second').answer).toMatchObject({ status: 503, body: 'full' });
    await held.release([target]);
    expect((await first.answer).status).toBe(200);
  });

  it('passes on what a TCP client said who has ended his side, and servers that speak first', async () => {
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      socket.write('welcome ');
      socket.on('data', (data) => socket.write(`got ${String(data)}`));
      socket.on('end', () => socket.end(' bye'));
    });
    const target = await listening(server);
    const held = await relay('tcp');
    const socket = connect({ port: held.port, host: '127.0.0.1', allowHalfOpen: true });
    socket.end('ping');
    const text = heard(socket);
    await sleep(200);
    await held.release([target]);
    expect(await text).toBe('welcome got ping bye');
  });

  it('answers who waits too long, with the page, and whoever comes then', async () => {
    const held = await relay('http', 200, '<p>back soon</p>');
    const waiting = send(held.port, 'one');
    const uploading = send(held.port, Buffer.alloc(8_000_000));
    for (const { answer } of [waiting, uploading]) {
      const { status, headers, body } = await answer;
      expect({ status, body }).toEqual({ status: 503, body: '<p>back soon</p>' });
      expect(headers['retry-after']).toBe('10');
    }
    expect((await send(held.port).answer).status).toBe(503);
    expect(held.refused).toBe(3);
    const { target } = await application();
    await held.release([target]);
    expect((await send(held.port).answer).status).toBe(200);
  });

  it('gives Traefik time for the TLS of a TCP client whom it refuses', async () => {
    const held = await relay('tcp');
    const socket = connect(held.port, '127.0.0.1');
    const over = once(socket.resume(), 'close');
    while (held.total < 1) await sleep(5);
    held.refuse();
    await sleep(20);
    expect({ refused: held.refused, carried: held.carried }).toEqual({ refused: 1, carried: 1 });
    await over;
    while (held.carried > 0) await sleep(5);
  });

  it('answers requests of HTTP/2 that wait too long, each with the page', async () => {
    const held = await relay('h2c', 300, '<p>back soon</p>');
    const session = connectHttp2(`http://127.0.0.1:${held.port}`);
    const ask = async (): Promise<[unknown, unknown, string]> => {
      const stream = session.request({ ':method': 'POST', ':path': '/' });
      stream.end('body');
      const [headers] = (await once(stream, 'response')) as [Record<string, unknown>];
      const chunks: Buffer[] = [];
      for await (const chunk of stream) chunks.push(chunk as Buffer);
      return [headers[':status'], headers['retry-after'], Buffer.concat(chunks).toString()];
    };
    const page = [503, '10', '<p>back soon</p>'];
    expect(await Promise.all([ask(), ask()])).toEqual([page, page]);
    expect(await ask()).toEqual(page);
    session.close();
    while (held.carried > 0) await sleep(20);
    expect(held.isQuiet(0)).toBe(true);
  });

  it('is quiet when nobody came for a while and what it carries has ended', async () => {
    const served: Socket[] = [];
    const target = await listening(createServer((socket) => void served.push(socket)));
    const held = await relay('tcp');
    await held.release([target]);
    const socket = connect(held.port, '127.0.0.1');
    const text = heard(socket);
    while (served.length === 0) await sleep(10);
    expect(held.isQuiet(0)).toBe(false);
    served.forEach((one) => one.end('bye'));
    expect(await text).toBe('bye');
    while (!held.isQuiet(0)) await sleep(10);
    expect(held.isQuiet(60_000)).toBe(false);
  });

  it('asks by TLS for the name that Traefik would, in HTTP/1.1, and tells what does not speak that', async () => {
    const asked: string[] = [];
    const own = certificate();
    const tls = createTlsServer({
      ...own,
      ALPNProtocols: ['http/1.1'],
      SNICallback: (name, done) => {
        asked.push(name);
        done(null);
      },
    });
    const grpc = createTlsServer({ ...own, ALPNProtocols: ['h2'] });
    const named = { ...(await listening(tls)), tls: { serverName: 'inner.test' } };
    const other = { ...(await listening(grpc)), tls: { serverName: null } };
    const held = await relay('http');
    expect([await held.reaches(named), await held.reaches({ ...named, tls: { serverName: null } })]).toEqual([
      true,
      true,
    ]);
    expect(asked).toEqual(['inner.test']);
    expect(await held.reaches(other)).toBe(false);
  });

  it('tells that a request arrived before it holds any', async () => {
    const proving = await openRelay('http');
    opened.push(proving);
    expect((await send(proving.port).answer).status).toBe(204);
    expect(proving.proofs).toBe(1);
  });
});
