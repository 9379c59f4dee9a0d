'use strict';
/*
 * A resolver of the outside world, on UDP port 53: whatever name is asked for has the address 192.0.2.80, and no IPv6
 * address. Prints who asks for what. Runs in a bare Node image.
 */
const dgram = require('node:dgram');

const ADDRESS = Buffer.from([192, 0, 2, 80]);
const TYPE_A = 1;

/** The answer to a query with one question (RFC 1035, 4.1). */
function answerTo(query) {
  let end = 12;
  while (query[end] !== 0) end += query[end] + 1;
  const question = query.subarray(12, end + 5);
  const isA = query.readUInt16BE(end + 1) === TYPE_A;
  const header = Buffer.alloc(12);
  query.copy(header, 0, 0, 2);
  header.writeUInt16BE(0x8180, 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(isA ? 1 : 0, 6);
  // Name by a pointer to the question, type A, class IN, a lifetime of nothing, four bytes.
  const record = Buffer.concat([Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4]), ADDRESS]);
  return Buffer.concat([header, question, ...(isA ? [record] : [])]);
}

/** The name in a query, lower case. */
function nameIn(query) {
  const labels = [];
  for (let at = 12; query[at] !== 0; at += query[at] + 1) {
    labels.push(query.subarray(at + 1, at + 1 + query[at]).toString('latin1'));
  }
  return labels.join('.').toLowerCase();
}

const server = dgram.createSocket('udp4');
server.on('message', (query, { port, address }) => {
  console.log(`${address}:${port} ${nameIn(query)}`);
  server.send(answerTo(query), port, address);
});
// Bound to the address that is asked, so that the answer has it too, whatever the way back.
server.bind(53, process.argv[2]);
process.once('SIGTERM', () => process.exit());
