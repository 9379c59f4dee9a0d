'use strict';
/*
 * Runs in the network namespace of a neighbour: HTTPS GETs at a constant rate, each on a connection of its own, until
 * its standard input ends. Prints what they came to as JSON.
 *
 *   node neighbour-requests.js <address> <port> <host> <per second>
 */
const https = require('node:https');

const [address, port, host, perSecond] = process.argv.slice(2);
const result = { ok: 0, failures: {} };
let open = 0;
let ended = false;

const fail = (reason) => (result.failures[reason] = (result.failures[reason] ?? 0) + 1);

function send() {
  open += 1;
  let settled = false;
  const settle = (reason) => {
    if (settled) return;
    settled = true;
    open -= 1;
    if (reason === null) result.ok += 1;
    else fail(reason);
    finish();
  };
  const request = https.get(
    {
      host: address,
      port,
      servername: host,
      headers: { host },
      agent: false,
      rejectUnauthorized: false,
      timeout: 10_000,
    },
    (response) => {
      response.resume();
      response.on('error', (error) => settle(error.code ?? error.message));
      response.on('end', () => settle(response.statusCode === 200 ? null : String(response.statusCode)));
    },
  );
  request.on('error', (error) => settle(error.code ?? error.message));
  request.on('timeout', () => request.destroy(new Error('timeout')));
}

function finish() {
  if (!ended || open > 0) return;
  process.stdout.write(JSON.stringify(result), () => process.exit(0));
}

const timer = setInterval(send, 1000 / Number(perSecond));
process.stdin.resume();
process.stdin.on('end', () => {
  clearInterval(timer);
  ended = true;
  finish();
});
