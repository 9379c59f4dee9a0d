// One server of every kind that a route can lead to. Each answers with its NAME, its host name (which tells replicas
// apart) and what it was asked, so that a test sees who answered and what reached it.
const dgram = require('node:dgram');
const fs = require('node:fs');
const http = require('node:http');
const http2 = require('node:http2');
const https = require('node:https');
const net = require('node:net');
const os = require('node:os');
const path = require('node:path');
const { parseProxyHeader } = require('./proxy-header');

const name = process.env.NAME ?? 'backend';
const identity = { name, hostname: os.hostname() };

/** The request as it arrived, as JSON. */
function answerHttp(request, response) {
  const { url, headers } = request;
  response.setHeader('content-type', 'application/json');
  response.end(
    JSON.stringify({
      ...identity,
      url,
      headers,
      tls: Boolean(request.socket.encrypted),
      http: request.httpVersion,
    }),
  );
}

/** Answers every chunk on a connection with one line of JSON. */
function answerTcp(socket) {
  socket.on('error', () => socket.destroy());
  socket.on('data', (data) =>
    socket.write(`${JSON.stringify({ ...identity, received: data.toString() })}\n`),
  );
}

/** Answers once with what the PROXY protocol's header said; the header may come in a chunk of its own. */
function answerProxied(socket) {
  let bytes = Buffer.alloc(0);
  socket.on('error', () => socket.destroy());
  socket.on('data', (data) => {
    bytes = Buffer.concat([bytes, data]);
    const told = parseProxyHeader(bytes);
    if (told.received !== '') socket.end(`${JSON.stringify({ ...identity, ...told })}\n`);
  });
}

// Made for this server; it opens nothing else.
const tls = {
  key: fs.readFileSync(path.join(__dirname, 'tls/key.pem')),
  cert: fs.readFileSync(path.join(__dirname, 'tls/cert.pem')),
};

const servers = [
  http.createServer(answerHttp).listen(8080),
  http2.createServer(answerHttp).listen(8081),
  https.createServer(tls, answerHttp).listen(8443),
  net.createServer(answerTcp).listen(7001),
  net.createServer(answerProxied).listen(7002),
];

const udp = dgram.createSocket('udp4');
udp.on('message', (message, from) => {
  udp.send(JSON.stringify({ ...identity, received: message.toString() }), from.port, from.address);
});
udp.bind(7003);

process.once('SIGTERM', () => {
  for (const server of servers) server.close();
  setTimeout(() => process.exit(), 200);
});
