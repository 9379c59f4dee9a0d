import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { comparableAddress, createConnectionTable, establishedEnds } from './connection-table';

const header =
  '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode';
const tcp = [
  header,
  '   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1',
  '   1: 010014AC:C350 028014AC:1F90 01 00000000:00000000 00:00000000 00000000     0        0 2 1',
  '   2: 010014AC:C351 038014AC:1F90 06 00000000:00000000 00:00000000 00000000     0        0 0 3',
].join('\n');
const tcp6 = [
  header,
  '   0: 0000000000000000FFFF0000010014AC:C352 0000000000000000FFFF0000028014AC:1F90 01 0:0 0:0 0 0 0 4 1',
  '   1: B80D01200000000000000000010000FE:C353 B80D01200000000000000000020000FE:0050 01 0:0 0:0 0 0 0 5 1',
].join('\n');

describe('establishedEnds', () => {
  it('reads remote ends of what is established, mapped addresses in their IPv4 form', () => {
    expect(establishedEnds(tcp)).toEqual([{ address: '172.20.128.2', port: 8080 }]);
    expect(establishedEnds(tcp6)).toEqual([
      { address: '172.20.128.2', port: 8080 },
      { address: '2001:db8:0:0:0:0:fe00:2', port: 80 },
    ]);
  });
});

it.each([
  ['10.0.0.1', '10.0.0.1'],
  ['2001:db8::fe00:2', '2001:db8:0:0:0:0:fe00:2'],
  ['::1', '0:0:0:0:0:0:0:1'],
  ['FE80:0:0:0:0:0:0:00AB', 'fe80:0:0:0:0:0:0:ab'],
])('%s compares as %s', (address, comparable) => {
  expect(comparableAddress(address)).toBe(comparable);
});

describe('createConnectionTable', () => {
  it('counts connections to an end over all tables, those that are missing aside', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'proc-net-'));
    try {
      writeFileSync(join(folder, 'tcp'), tcp);
      writeFileSync(join(folder, 'tcp6'), tcp6);
      const table = createConnectionTable(folder);
      expect(await table.countTo([{ address: '172.20.128.2', port: 8080 }])).toBe(2);
      expect(await table.countTo([{ address: '2001:db8::fe00:2', port: 80 }])).toBe(1);
      expect(await table.countTo([{ address: '172.20.128.3', port: 8080 }])).toBe(0);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
