// The PROXY protocol's header, both versions, as far as a connection over IPv4 needs it.

const SIGNATURE = Buffer.from('0d0a0d0a000d0a515549540a', 'hex');

/** What a connection's first chunk says: version 0 when it begins with no header. */
exports.parseProxyHeader = (chunk) => {
  if (chunk.subarray(0, SIGNATURE.length).equals(SIGNATURE)) {
    const length = chunk.readUInt16BE(14);
    const source = [...chunk.subarray(16, 20)].join('.');
    return { version: 2, source, received: chunk.subarray(16 + length).toString() };
  }
  const line = /^PROXY TCP4 (\S+) \S+ \d+ \d+\r\n/.exec(chunk.toString('latin1'));
  if (line) return { version: 1, source: line[1], received: chunk.toString().slice(line[0].length) };
  return { version: 0, source: null, received: chunk.toString() };
};
