'use strict';
/*
 * What the load tests send their requests to. Runs in a bare Node image, mounted read-only, without dependencies.
 * Ends at once on SIGTERM, as the least graceful of applications would: what is lost then is lost visibly.
 *
 *   VERSION      told in every answer
 *   READY_AFTER  milliseconds before it is healthy
 *   LISTEN_AFTER milliseconds before its ports answer and it is healthy
 *   BROKEN       exit: ends at start. unhealthy: never healthy. deaf: healthy, but its port answers nothing
 *   LEDGER       base URL that every POST is reported to before it is answered
 *   PORT         HTTP and websocket, default 8080; TCP is on the next port and UDP on the one after
 */
const { createHash } = require('node:crypto');
const dgram = require('node:dgram');
const { writeFileSync } = require('node:fs');
const http = require('node:http');
const net = require('node:net');

const version = process.env.VERSION ?? 'none';
const readyAfter = Number(process.env.READY_AFTER ?? 0);
const listenAfter = Number(process.env.LISTEN_AFTER ?? 0);
const broken = process.env.BROKEN ?? '';
const ledger = process.env.LEDGER ?? '';
const port = Number(process.env.PORT ?? 8080);

if (broken === 'exit') {
  console.error('cannot open the database');
  process.exit(3);
}
process.on('SIGTERM', () => process.exit(0));

const agent = new http.Agent({ keepAlive: true });

/** Resolves when the ledger has the id. */
function report(id) {
  return new Promise((resolve, reject) => {
    const request = http.request(
      `${ledger}/${id}?version=${version}`,
      { method: 'POST', agent },
      (response) => {
        response.resume();
        response.on('end', resolve);
      },
    );
    request.on('error', reject);
    // Whoever looks at failed requests is to see whose fault they are.
    request.setTimeout(5_000, () => request.destroy(new Error('the ledger does not answer')));
    request.end();
  });
}

const server = http.createServer((request, response) => {
  response.setHeader('x-version', version);
  const url = new URL(request.url, 'http://backend');
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    if (request.method === 'POST' && ledger !== '') {
      const id = request.headers['x-id'] ?? '';
      const digest = createHash('sha256').update(Buffer.concat(chunks)).digest('hex');
      report(id).then(
        () => response.end(digest),
        (error) => {
          response.statusCode = 500;
          response.end(String(error));
        },
      );
      return;
    }
    const wait = Number(url.searchParams.get('wait') ?? 0);
    const parts = Number(url.searchParams.get('parts') ?? 1);
    // With several parts the headers leave at once and each part takes its share of the time.
    let sent = 0;
    const next = () => {
      sent += 1;
      if (sent === parts) response.end(`${version}\n`);
      else {
        response.write(`part ${sent}\n`);
        setTimeout(next, wait / parts);
      }
    };
    setTimeout(next, parts > 1 ? 0 : wait);
  });
});

server.on('upgrade', (request, socket) => {
  const key = request.headers['sec-websocket-key'] ?? '';
  const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\nX-Version: ${version}\r\n\r\n`,
  );
  socket.on('error', () => socket.destroy());
  // Frames go back as they came; the client looks at the bytes only.
  socket.pipe(socket);
});
// Longer than any idle time of a proxy, so that it is never this end that closes a connection.
server.keepAliveTimeout = 120_000;

const lines = net.createServer((socket) => {
  socket.on('error', () => socket.destroy());
  socket.on('data', (data) => socket.write(`${version} ${data}`));
  socket.on('end', () => socket.end());
});

const datagrams = dgram.createSocket('udp4');
datagrams.on('message', (message, from) => datagrams.send(`${version} ${message}`, from.port, from.address));

if (broken === 'deaf') setInterval(() => undefined, 60_000);
else {
  setTimeout(() => {
    server.listen(port);
    lines.listen(port + 1);
    datagrams.bind(port + 2);
  }, listenAfter);
}

// Healthy is who has this file: `test -f /tmp/ready && test ! -f /tmp/drain` costs a busy test machine next to nothing.
if (broken !== 'unhealthy')
  setTimeout(() => writeFileSync('/tmp/ready', ''), Math.max(readyAfter, listenAfter));
console.log(`version ${version} is up`);
