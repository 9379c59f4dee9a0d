import { parseProcNet, parseSsConnections, parseSsListeners } from './parse-sockets';

describe('parseSsConnections', () => {
  it('reads addresses, queues and counters', () => {
    expect(
      parseSsConnections(
        `133    0  172.29.0.1:35007  172.29.0.2:46496 bbr rto:204 bytes_sent:20 bytes_acked:20 bytes_received:133 send 3861333333bps lastsnd:64460 lastrcv:64364 lastack:64460
0 0 [::ffff:10.0.0.1]:8080 [2001:db8::1]:50000 cubic
`,
      ),
    ).toEqual([
      {
        local: { address: '172.29.0.1', port: 35007 },
        remote: { address: '172.29.0.2', port: 46496 },
        receiveQueue: 133,
        sendQueue: 0,
        bytesSent: 20,
        bytesReceived: 133,
        idleMs: 64364,
      },
      {
        local: { address: '10.0.0.1', port: 8080 },
        remote: { address: '2001:db8::1', port: 50000 },
        receiveQueue: 0,
        sendQueue: 0,
        bytesSent: 0,
        bytesReceived: 0,
        idleMs: null,
      },
    ]);
  });
});

describe('parseSsListeners', () => {
  it('reads protocol, address and processes', () => {
    expect(
      parseSsListeners(
        `udp UNCONN 0      0              *:25353       *:* users:(("traefik",pid=9985,fd=12))
tcp LISTEN 0      4096   127.0.0.53%lo:53 0.0.0.0:* users:(("nginx",pid=2,fd=3),("nginx",pid=3,fd=3))
tcp LISTEN 0      128      [::1]:2024  [::]:*
`,
      ),
    ).toEqual([
      { protocol: 'udp', address: '::', port: 25353, processes: [{ name: 'traefik', pid: 9985 }] },
      {
        protocol: 'tcp',
        address: '127.0.0.53',
        port: 53,
        processes: [
          { name: 'nginx', pid: 2 },
          { name: 'nginx', pid: 3 },
        ],
      },
      { protocol: 'tcp', address: '::1', port: 2024, processes: [] },
    ]);
  });
});

describe('parseProcNet', () => {
  it('reads IPv4, IPv6 and mapped addresses', () => {
    expect(
      parseProcNet(`  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:6DB2 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 117899 1
   1: 0000000000000000FFFF0000020011AC:1F90 B80D0120000000000000000001000000:C350 01 00000010:00000200 00:00000000 00000000
   2: 00000000000000000000000001000000:0035 00000000000000000000000000000000:0000 07 00000000:00000000 00:00000000 00000000
`),
    ).toEqual([
      {
        local: { address: '127.0.0.1', port: 28082 },
        remote: { address: '0.0.0.0', port: 0 },
        state: 10,
        sendQueue: 0,
        receiveQueue: 0,
      },
      {
        local: { address: '172.17.0.2', port: 8080 },
        remote: { address: '2001:db8::1', port: 50000 },
        state: 1,
        sendQueue: 16,
        receiveQueue: 512,
      },
      {
        local: { address: '::1', port: 53 },
        remote: { address: '::', port: 0 },
        state: 7,
        sendQueue: 0,
        receiveQueue: 0,
      },
    ]);
  });
});
