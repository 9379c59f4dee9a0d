import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { openState, applyHoneypotRules } from '@itsup/deploy';
import { createDocker } from '@itsup/docker';

import { describeOnOwnEngine } from '../harness/engine/describe-with';
import { eventually } from '../harness/eventually';
import { NODE } from '../harness/engine/images';
import { openNeighbour, type Neighbour } from '../harness/traffic/neighbour';
import { restartEngine } from '../harness/engine/own-engine';
import { REPOSITORY } from '../harness/repository';
import { output, run } from '../harness/run';
import { forgedPacket, nodeIn, routeByBridge } from './attackers';

const HONEYPOT = '172.20.0.253';
const NETWORKS = ['proxynet', 'proxy_default', 'open', 'closed', 'later'];

/** Asks the container's own resolver, as any program does; what came of it and how long it took. */
const LOOK_UP = `
  const began = Date.now();
  require('node:dns').lookup(process.argv[1], (error, address) => {
    console.log(JSON.stringify({ answer: error?.code ?? address, milliseconds: Date.now() - began }));
  });
`;

/** Asks the honeypot itself, whatever the container's resolvers are. */
const ASK = `
  const resolver = new (require('node:dns').Resolver)({ timeout: 1500, tries: 1 });
  resolver.setServers(['${HONEYPOT}']);
  resolver.resolve4(process.argv[1], (error, addresses) => console.log(error?.code ?? addresses[0]));
`;

/** Prints what arrives on UDP port 5300. */
const LISTEN = `
  const socket = require('node:dgram').createSocket('udp4');
  socket.on('message', (message) => console.log(String(message)));
  socket.bind(5300);
`;

/** The proxy's resolver needs an image of its own; one of the same address shows what the host lets through. */
describeOnOwnEngine([NODE], 'the honeypot', () => {
  const docker = createDocker({ env: process.env });
  let state: ReturnType<typeof openState>;
  let folder: string;

  const settle = (wanted = true): Promise<string | null> =>
    applyHoneypotRules(docker, state, wanted, { dns: HONEYPOT });

  async function start(name: string, network: string, ...more: string[]): Promise<void> {
    await output('docker', [
      ...['run', '--detach', '--name', name, '--network', network, '--stop-signal', 'SIGKILL'],
      ...more,
      ...(more.at(-1) === NODE ? ['node', '-e', LISTEN] : []),
    ]);
  }
  const asker = (name: string, network: string): Promise<void> =>
    start(name, network, '--dns', HONEYPOT, NODE);

  async function lookUp(container: string, name: string): Promise<{ answer: string; milliseconds: number }> {
    const { stdout, all } = await nodeIn(container, LOOK_UP, name);
    if (stdout === '') throw new Error(all);
    return JSON.parse(stdout) as { answer: string; milliseconds: number };
  }

  /** Addresses that asked the honeypot for a name, as its log has them. */
  async function askersOf(name: string): Promise<string[]> {
    const { all } = await run('docker', ['logs', 'honeypot']);
    const lines = all.split('\n').filter((line) => line.includes(name));
    return [...new Set(lines.map((line) => line.split(':')[0] ?? ''))];
  }

  const addressOf = (container: string): Promise<string> =>
    output('docker', [
      ...['inspect', '--format', '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}', container],
    ]);
  const gatewayOf = (network: string): Promise<string> =>
    output('docker', ['network', 'inspect', '--format', '{{(index .IPAM.Config 0).Gateway}}', network]);

  /** Answered within a second, by the honeypot, which saw who asked. */
  async function expectAnswered(container: string, name: string): Promise<void> {
    const { answer, milliseconds } = await lookUp(container, name);
    expect(answer).toBe('192.0.2.80');
    expect(milliseconds).toBeLessThan(1000);
    expect(await askersOf(name)).toEqual([await addressOf(container)]);
  }

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'itsup-honeypot-'));
    state = openState(folder);
    // As the engine leaves it where it switches forwarding on itself.
    await output('iptables', ['-P', 'FORWARD', 'DROP']);
    await output('docker', [
      ...['network', 'create', '--internal', '--subnet', '172.20.0.0/16', '--gateway', '172.20.0.1'],
      ...['--ip-range', '172.20.128.0/17', 'proxynet'],
    ]);
    await output('docker', [
      ...['network', 'create', '--label', 'com.docker.compose.project=proxy', 'proxy_default'],
    ]);
    await output('docker', ['network', 'create', 'open']);
    // Given, so that it is known on engines that give an internal network no gateway of their own accord.
    await output('docker', [
      ...[
        'network',
        'create',
        '--internal',
        '--subnet',
        '10.200.0.0/24',
        '--gateway',
        '10.200.0.1',
        'closed',
      ],
    ]);
    const script = join(REPOSITORY, 'e2e/src/segmentation/resolver.js');
    await start(
      ...(['honeypot', 'proxynet', '--ip', HONEYPOT, '--volume', `${script}:/resolver.js:ro`] as const),
      ...[NODE, 'node', '/resolver.js', HONEYPOT],
    );
    // Its way to the resolvers, and so of its answers: proxynet leads nowhere.
    await output('docker', ['network', 'connect', 'proxy_default', 'honeypot']);
    await Promise.all([asker('first', 'open'), asker('inside', 'closed'), start('sibling', 'closed', NODE)]);
    expect(await settle()).toBeNull();
    await eventually(async () => expect((await lookUp('first', 'ready.example')).answer).toBe('192.0.2.80'));
  }, 120_000);

  afterAll(async () => {
    const names = ['honeypot', 'first', 'inside', 'sibling', 'second', 'third', 'victim'];
    await run('docker', ['rm', '--force', '--volumes', ...names]);
    await run('docker', ['network', 'rm', ...NETWORKS]);
    await run('iptables', ['-P', 'FORWARD', 'ACCEPT']);
    await rm(folder, { recursive: true });
  });

  it('answers a service off proxynet at once, and sees its own address', async () => {
    await expectAnswered('first', 'first.example');
  });

  it('answers containers that start later, on a network that was made later as well', async () => {
    await asker('second', 'open');
    await expectAnswered('second', 'second.example');
    await output('docker', ['network', 'create', 'later']);
    await settle();
    await asker('third', 'later');
    await expectAnswered('third', 'third.example');
  });

  it('answers nobody whom Compose cut off, by name or asked itself, with a way of its own to the bridge either', async () => {
    expect((await lookUp('inside', 'inside.example')).answer).not.toBe('192.0.2.80');
    expect((await nodeIn('inside', ASK, 'direct.example')).stdout).not.toBe('192.0.2.80');
    await routeByBridge('inside', await gatewayOf('closed'));
    expect((await nodeIn('inside', ASK, 'routed.example')).stdout).not.toBe('192.0.2.80');
    for (const name of ['inside.example', 'direct.example', 'routed.example'])
      expect(await askersOf(name)).toEqual([]);
  });

  it('takes no sibling’s name away from them', async () => {
    expect((await lookUp('inside', 'sibling')).answer).toBe(await addressOf('sibling'));
  });

  it('answers again after the engine has been restarted, once the rules are settled', async () => {
    await restartEngine(500);
    await settle();
    await expectAnswered('first', 'restarted.example');
    expect((await nodeIn('inside', ASK, 'still-inside.example')).stdout).not.toBe('192.0.2.80');
    const before = await output('iptables-save', []);
    await settle();
    expect((await output('iptables-save', [])).replace(/\[\d+:\d+\]|^#.*$/gm, '')).toBe(
      before.replace(/\[\d+:\d+\]|^#.*$/gm, ''),
    );
  });

  describe('whose name a neighbour on the link takes', () => {
    let neighbour: Neighbour;
    beforeAll(async () => {
      neighbour = await openNeighbour('all');
      await start('victim', 'open', NODE);
      await output('sh', ['-c', 'echo 0 | tee /proc/sys/net/ipv4/conf/*/rp_filter']);
    });
    afterAll(() => neighbour.close());

    it('opens no way to a container', async () => {
      const address = await addressOf('victim');
      await neighbour.routeThroughHost(`${address}/32`);
      const forged = { from: `${HONEYPOT}:53`, to: `${address}:5300`, text: 'forged' };
      expect(await neighbour.run('perl', forgedPacket(forged))).toMatchObject({ exitCode: 0 });
      await sleep(1000);
      expect(await output('docker', ['logs', 'victim'])).not.toContain('forged');
      // With rules that go by the address alone it arrives: the attack is one that could.
      const byAddress = ['-s', `${HONEYPOT}/32`, '-p', 'udp', '--sport', '53', '-j', 'ACCEPT'];
      await output('iptables', ['-I', 'FORWARD', ...byAddress]);
      await output('iptables', ['-t', 'raw', '-I', 'PREROUTING', ...byAddress]);
      await neighbour.run('perl', forgedPacket(forged));
      await eventually(async () => expect(await output('docker', ['logs', 'victim'])).toContain('forged'));
      await output('iptables', ['-D', 'FORWARD', ...byAddress]);
      await output('iptables', ['-t', 'raw', '-D', 'PREROUTING', ...byAddress]);
    });
  });

  it('leaves no rule and no chain when it is switched off', async () => {
    expect(await settle(false)).toBeNull();
    expect(await output('iptables-save', [])).not.toMatch(/itsup|ITSUP/);
  });
});
