// The PROXY protocol's header, both versions, as far as a connection over IPv4 needs it.

const SIGNATURE = Buffer.from('0d0a0d0a000d0a515549540a', 'hex');

/** What the beginning of a connection says: version 0 when it is no header. `received` is what comes after it. */
exports.parseProxyHeader = (bytes) => {
  if (bytes.subarray(0, SIGNATURE.length).equals(SIGNATURE)) {
    const length = bytes.readUInt16BE(14);
    const source = [...bytes.subarray(16, 20)].join('.');
    return { version: 2, source, received: bytes.subarray(16 + length).toString() };
  }
  const line = /^PROXY TCP4 (\S+) \S+ \d+ \d+\r\n/.exec(bytes.toString('latin1'));
  if (line) return { version: 1, source: line[1], received: bytes.subarray(line[0].length).toString() };
  return { version: 0, source: null, received: bytes.toString() };
};
