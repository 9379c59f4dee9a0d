import { chmod, mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describeWithOwnEngine } from '../harness/engine/describe-with';
import { containersOf } from '../harness/engine/engine';
import { eventually } from '../harness/eventually';
import { NODE } from '../harness/engine/images';
import { openNeighbour, type Neighbour } from '../harness/traffic/neighbour';
import { output, run, succeeded } from '../harness/run';
import { withTcpSocketProxy } from '../harness/engine/tcp-socket-proxy';
import { HandedOverProxy } from '../load';
import { routersInError, traefikApi } from '../routes/traefik';
import { asAccount, takeFoothold, type Foothold } from './attackers';

const TRAEFIK_ID = 7411;
const NOBODY = 65_534;
const SECRET = 'secret-of-another-project';

/** Prints what the socket proxy answers, or why it does not: on TCP where a host is given, else on its socket. */
const LIST = `
const [where] = process.argv.slice(1);
const target = where.startsWith('/') ? { socketPath: where } : { host: where, port: 2375 };
const get = (path) => new Promise((resolve, reject) => require('http')
  .get({ ...target, path, timeout: 3000 }, (answer) => {
    let text = '';
    answer.on('data', (part) => (text += part)).on('end', () => resolve(text));
  }).on('timeout', function () { this.destroy(new Error('TIMEOUT')); }).on('error', reject));
get('/v1.40/containers/json')
  .then(async (list) => {
    for (const { Id } of JSON.parse(list)) console.log(await get('/v1.40/containers/' + Id + '/json'));
  })
  .catch((error) => console.log(error.code || error.message));
`;

describeWithOwnEngine([NODE], "the engine's API", () => {
  let proxy: HandedOverProxy;
  let victim: string;
  let neighbour: Neighbour | undefined;
  const footholds: Foothold[] = [];
  let today: () => Promise<void>;

  beforeAll(async () => {
    proxy = await HandedOverProxy.open(async (workspace) => {
      today = await withTcpSocketProxy(workspace);
    });
    // As versions that had these templates left it: Traefik was root, and so is what it wrote.
    const { state } = proxy.workspace;
    await mkdir(join(state, 'acme'), { recursive: true });
    await writeFile(join(state, 'acme/acme.json'), '{}', { mode: 0o600 });
    for (const folder of [state, join(state, 'traefik')]) await chmod(folder, 0o755);
    victim = await output('docker', [
      ...['run', '--detach', '--network', 'none', '--env', `PASSWORD=${SECRET}`],
      ...[NODE, 'node', '-e', 'setInterval(() => {}, 1000)'],
    ]);
  });
  afterAll(async () => {
    await neighbour?.close();
    await Promise.all(footholds.map((foothold) => foothold.remove()));
    if (victim) await run('docker', ['rm', '--force', victim]);
    await proxy?.close();
  });

  async function take(...args: Parameters<typeof takeFoothold>): Promise<Foothold> {
    const foothold = await takeFoothold(...args);
    footholds.push(foothold);
    return foothold;
  }

  /** What each attacker gets to see. */
  async function attacks(): Promise<Record<string, string>> {
    const addresses = (await containersOf('proxy'))
      .flatMap((container) => Object.values(container.addresses))
      .filter((address) => address !== '');
    const onHost = await take(NODE, 'host', { netRaw: false, user: NOBODY });
    const onBridge = await take(NODE, 'bridge', { netRaw: true });
    neighbour ??= await openNeighbour('all');
    await neighbour.routeThroughHost('10.64.0.0/11');
    const seen: Record<string, string> = {
      account: (await asAccount(NOBODY, process.execPath, ['-e', LIST, '127.0.0.1'])).all,
      'container in the host network': (await onHost.node(LIST, '127.0.0.1')).all,
    };
    for (const address of addresses) {
      seen[`neighbour, ${address}`] = (await neighbour.run(process.execPath, ['-e', LIST, address])).all;
      seen[`container on a bridge, ${address}`] = (await onBridge.node(LIST, address)).all;
    }
    return seen;
  }

  /**
   * What comes of a program of root's in the host's network, without capabilities as in a container, that wants a share
   * of Traefik's port.
   */
  async function shareOfPort(): Promise<string> {
    const bind = `use Socket; socket(my $s, PF_INET, SOCK_STREAM, 0) or die; setsockopt($s, SOL_SOCKET, 15, 1) or die;
      bind($s, sockaddr_in(${proxy.workspace.ports.webSecure}, INADDR_ANY)) or die $!; print "shared"`;
    const root = ['--inh-caps=-all', '--bounding-set=-all', '--', 'perl', '-e', bind];
    return (await run('setpriv', root)).all;
  }

  const winners = (seen: Record<string, string>): string[] =>
    Object.entries(seen).flatMap(([who, text]) => (text.includes(SECRET) ? [who] : []));

  it('gives every secret away as long as it is on TCP', async () => {
    const open = winners(await attacks());
    expect(open).toEqual(expect.arrayContaining(['account', 'container in the host network']));
    // From 28 on the engine itself keeps neighbours from a port that is published on the loopback.
    const version = Number.parseInt(
      await output('docker', ['version', '--format', '{{.Server.Version}}']),
      10,
    );
    expect(open.some((who) => who.startsWith('neighbour'))).toBe(version < 28);
    const { status } = await fetch('http://127.0.0.1:8082/api/rawdata');
    expect(status).toBe(200);
    expect(await shareOfPort()).toBe('shared');
  });

  it('moves to a socket by an ordinary deploy that loses nothing', async () => {
    const before = await proxy.traefikId();
    await today();
    const plan = succeeded(await proxy.workspace.itsup(['plan'])).all;
    expect(plan).toMatch(/socketproxy\s+create/);
    expect(plan).toMatch(/dockerproxy\s+remove/);
    expect(plan).toMatch(/traefik\s+rollout/);
    await proxy.deploy();
    expect(await proxy.traefikId()).not.toBe(before);
    await proxy.expectNothingLost();
    await proxy.expectClean();
    expect((await containersOf('proxy')).map(({ service }) => service).sort()).toEqual([
      'dns',
      'socketproxy',
      'traefik',
    ]);
    expect(await routersInError()).toEqual([]);
  });

  it('is out of reach of an account, of containers and of a neighbour', async () => {
    expect(winners(await attacks())).toEqual([]);
    const listening = await output('ss', ['-Hltn']);
    expect(listening).not.toMatch(/:(2375|8082)\s/);
  });

  it('is out of reach of a container that mounts the socket’s folder as another user', async () => {
    const list = (user: number): Promise<string> =>
      output('docker', [
        ...['run', '--rm', '--network', 'none', '--user', String(user), '--cap-drop', 'ALL'],
        ...['--volume', 'proxy_engine:/engine', NODE, 'node', '-e', LIST, '/engine/docker.sock'],
      ]);
    // The user that owns it can, so there is something to open.
    expect(await list(0)).toContain(SECRET);
    expect(await list(NOBODY)).toBe('EACCES');
    const folder = await output('docker', [
      'volume',
      'inspect',
      '--format',
      '{{.Mountpoint}}',
      'proxy_engine',
    ]);
    const socket = join(folder, 'docker.sock');
    expect((await asAccount(NOBODY, process.execPath, ['-e', LIST, socket])).all).toBe('EACCES');
  });

  it('takes no orders', async () => {
    const program = `require('http').request({ socketPath: '/engine/docker.sock', path: process.argv[1], method: process.argv[2] },
      ({ statusCode }) => { console.log(statusCode); process.exit(); }).end()`;
    const ask = (path: string, method: string): Promise<string> =>
      output('docker', [
        ...['run', '--rm', '--network', 'none', '--user', '0', '--volume', 'proxy_engine:/engine'],
        ...[NODE, 'node', '-e', program, path, method],
      ]);
    expect(await ask('/v1.40/containers/json', 'GET')).toBe('200');
    expect(await ask('/v1.40/containers/json', 'POST')).toBe('405');
    for (const path of ['/info', `/containers/${victim}/logs?stdout=1`, `/containers/${victim}/archive`])
      expect(await ask(`/v1.40${path}`, 'GET')).toBe('403');
  });

  describe("Traefik's own API", () => {
    it('asks for a secret, and its health for none', async () => {
      const { port, authorization } = await traefikApi();
      expect(port).toBe(26_482);
      const status = async (path: string, headers: Record<string, string> = {}): Promise<number> =>
        (await fetch(`http://127.0.0.1:${port}${path}`, { headers })).status;
      expect(await status('/api/rawdata', { authorization })).toBe(200);
      expect(await status('/ping')).toBe(200);
      for (const path of ['/api/rawdata', '/api/entrypoints', '/api/../api/rawdata', '//api/rawdata'])
        expect([401, 404]).toContain(await status(path));
      for (const path of ['/', '/dashboard/', '/debug/pprof/']) expect(await status(path)).toBe(404);
      const wrong = `Basic ${Buffer.from('itsup:wrong').toString('base64')}`;
      expect(await status('/api/rawdata', { authorization: wrong })).toBe(401);
    });

    it('keeps its secret, and what Traefik is told, from other accounts', async () => {
      const { state } = proxy.workspace;
      const files = [
        'workspace.json',
        'traefik/traefik.yml',
        ...(await readdir(join(state, 'traefik/dynamic'))).map((name) => `traefik/dynamic/${name}`),
      ];
      expect(files).toContain('traefik/dynamic/api.yml');
      for (const file of files) {
        expect((await asAccount(NOBODY, 'cat', [join(state, file)])).all).toMatch(/Permission denied/);
      }
      for (const file of files.slice(1))
        expect((await asAccount(TRAEFIK_ID, 'cat', [join(state, file)])).exitCode).toBe(0);
    });
  });

  describe('Traefik', () => {
    it('is a user of its own without a capability, and owns its certificates', async () => {
      const id = await proxy.traefikId();
      const status = await output('docker', ['exec', id, 'cat', '/proc/1/status']);
      expect(status).toMatch(new RegExp(`Uid:\\s+${TRAEFIK_ID}\\s`));
      expect(status).toMatch(/CapEff:\s+0+\n/);
      expect(status).toMatch(/CapBnd:\s+0+\n/);
      const acme = await stat(join(proxy.workspace.state, 'acme/acme.json'));
      expect([acme.uid, acme.mode & 0o777]).toEqual([TRAEFIK_ID, 0o600]);
    });

    it('shares its ports with no container of root’s in the host’s network', async () => {
      expect(await shareOfPort()).toMatch(/Address already in use/);
    });

    it('is handed over under the same user, and loses nothing', async () => {
      await proxy.openPort();
      await proxy.expectNothingLost();
      await proxy.expectClean();
    });

    it('follows containers again after the socket proxy was away', async () => {
      const [socketproxy] = (await containersOf('proxy')).filter(({ service }) => service === 'socketproxy');
      await output('docker', ['restart', socketproxy?.id ?? '']);
      const project = proxy.workspace.name('load');
      const before = (await containersOf(project)).map(({ id }) => id);
      await eventually(async () => {
        const [again] = (await containersOf('proxy')).filter(({ service }) => service === 'socketproxy');
        expect(again?.health).toBe('healthy');
      });
      // It ends only when Traefik leads to the new containers.
      succeeded(await proxy.workspace.itsup(['restart', project]));
      expect((await containersOf(project)).map(({ id }) => id)).not.toEqual(before);
    });
  });
});
