import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

import { describeOnOwnEngine } from '../harness/engine/describe-with';
import { NODE } from '../harness/engine/images';
import { HOST, openNeighbour, type Neighbour } from '../harness/traffic/neighbour';
import { asAccount, inNetworkOf, takeFoothold, type Foothold } from './attackers';

/** Opens a socket on which frames of any kind can be sent (AF_PACKET, SOCK_RAW, ETH_P_ARP). */
const RAW_SOCKET = [
  '-e',
  'use Socket; socket(my $s, 17, SOCK_RAW, unpack("S", pack("n", 0x0806))) or die $!',
];

/** An attack that fails says nothing unless the attacker could do what the attack takes. */
describeOnOwnEngine([NODE], 'the attackers of these tests', () => {
  const footholds: Foothold[] = [];
  const take = async (...args: Parameters<typeof takeFoothold>): Promise<Foothold> => {
    const foothold = await takeFoothold(...args);
    footholds.push(foothold);
    return foothold;
  };
  afterAll(() => Promise.all(footholds.map((foothold) => foothold.remove())));

  it('send raw frames with NET_RAW, and not without it', async () => {
    const { id } = await take(NODE, 'bridge', { netRaw: true });
    expect(await inNetworkOf(id, { netRaw: true }, 'perl', RAW_SOCKET)).toMatchObject({ exitCode: 0 });
    const refused = await inNetworkOf(id, { netRaw: false }, 'perl', RAW_SOCKET);
    expect(refused.all).toContain('Operation not permitted');
  });

  it('hold the capabilities that they were given, and the account', async () => {
    const capabilities = `console.log(process.getuid(), /CapEff:\\s*(\\w+)/.exec(require('fs').readFileSync('/proc/self/status', 'utf8'))[1])`;
    const withRaw = await take(NODE, 'bridge', { netRaw: true });
    expect((await withRaw.node(capabilities)).stdout).toBe('0 0000000000002000');
    const without = await take(NODE, 'host', { netRaw: false, user: 65_534 });
    expect((await without.node(capabilities)).stdout).toBe('65534 0000000000000000');
    expect((await asAccount(65_534, process.execPath, ['-e', capabilities])).stdout).toBe(
      '65534 0000000000000000',
    );
  });

  describe('on the link', () => {
    let server: Server;
    let neighbour: Neighbour | undefined;
    beforeAll(async () => {
      server = createServer((_, response) => response.end('here')).listen(0, '0.0.0.0');
      await once(server, 'listening');
    });
    afterEach(() => neighbour?.close());
    afterAll(() => server.close());

    it('reach the host where no firewall stands before it, and only its open ports where one does', async () => {
      const { port } = server.address() as AddressInfo;
      const get = ['-e', `fetch('http://${HOST}:${port}').then((r) => r.text()).then(console.log)`];
      neighbour = await openNeighbour('all');
      expect((await neighbour.run(process.execPath, get)).stdout).toBe('here');
      neighbour = await openNeighbour([port + 1]);
      expect(await neighbour.reaches(port)).toBe(false);
    });
  });
});
