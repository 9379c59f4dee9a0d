import { stringify } from 'yaml';

import { http, tcp, udp } from '../harness/traffic/clients';
import { describeOnOwnSwarm } from '../harness/engine/describe-with';
import { eventually } from '../harness/eventually';
import { NODE, PROXY_IMAGES } from '../harness/engine/images';
import { freePorts } from '../harness/traffic/ports';
import { output, succeeded, type Run } from '../harness/run';
import { newestRecord } from '../harness/workspace/newest-record';
import { createWorkspace, type TestWorkspace } from '../harness/workspace/workspace';
import { startLoad } from '../load';
import { containersOfService, DEPLOY_MS, endSwarm, makeSwarm } from './own-swarm';

/** Answers by HTTP, TCP and UDP with its name. */
const SERVER = `
const name = process.env.NAME;
require('http').createServer((q, a) => a.end(name + ' ' + (q.headers['x-added'] ?? ''))).listen(8080);
require('net').createServer((s) => s.on('error', () => 0).end(name)).listen(9000);
const u = require('dgram').createSocket('udp4');
u.on('message', (m, from) => u.send(name, from.port, from.address)).bind(9001);
`;

describeOnOwnSwarm([NODE, ...PROXY_IMAGES], 'rows on a swarm of one', () => {
  let workspace: TestWorkspace;
  let blog: string;
  let shop: string;
  let ports: number[];

  beforeAll(async () => {
    workspace = await createWorkspace({ settings: { engine: 'swarm' } });
    blog = workspace.name('blog');
    shop = workspace.name('shop');
    ports = await freePorts(2);
    await makeSwarm(workspace);
    await write(blog, rowsOfBlog());
  });
  afterAll(async () => {
    await workspace?.itsup(['down', shop]);
    await workspace?.itsup(['down', blog]);
    await workspace?.dispose();
    await endSwarm();
  });

  const rowsOfBlog = (): object[] => [
    { service: 'web', domain: 'blog.localhost', port: 8080 },
    { service: 'web', router: 'tcp', hostport: ports[0], port: 9000, proxyprotocol: null },
    { service: 'web', router: 'udp', hostport: ports[1], port: 9001 },
  ];

  async function write(project: string, rows: object[], web: Record<string, unknown> = {}): Promise<void> {
    const check = [
      'CMD',
      'node',
      '-e',
      "fetch('http://127.0.0.1:8080').then(() => 0, () => process.exit(1))",
    ];
    const service = {
      ...{ image: NODE, init: true, restart: 'always', command: ['node', '-e', SERVER] },
      ...{ environment: { NAME: project }, stop_grace_period: '3s' },
      healthcheck: { test: check, interval: '2s', timeout: '60s', retries: 10, start_period: '120s' },
      ...web,
    };
    const compose = { services: { web: service } };
    await workspace.write(`projects/${project}/docker-compose.yml`, stringify(compose));
    await workspace.write(`projects/${project}/ingress.yml`, stringify({ ingress: rows }));
  }

  const deploy = (...words: string[]): Promise<Run> =>
    workspace.itsup(['deploy', ...words], { timeoutMs: DEPLOY_MS });

  const ask = async (host: string): Promise<string> => {
    const { status, body } = await http({ port: workspace.ports.webSecure, tls: true, host });
    return `${status} ${body.trim()}`;
  };

  it('says what it will do, starts the proxy and serves HTTP, TCP and UDP', async () => {
    expect((await workspace.itsup(['plan', blog])).all).toMatch(/web +create +new service/);
    succeeded(await deploy());
    expect(await ask('blog.localhost')).toBe(`200 ${blog}`);
    expect(await http({ port: workspace.ports.web, host: 'blog.localhost' })).toMatchObject({ status: 301 });
    expect((await tcp({ port: ports[0] ?? 0, send: '\n' })).text).toBe(blog);
    expect(await udp({ port: ports[1] ?? 0, send: 'x' })).toBe(blog);
    expect((await workspace.itsup(['plan'])).all).toContain('2 stacks without a change');
    expect((await workspace.itsup(['status'])).all).toMatch(/proxy[^]*traefik +1\/1/);
  });

  it('brings a second project to the running Traefik, and nobody of the first notices', async () => {
    const before = await output('docker', ['ps', '--quiet', '--filter', 'name=proxy-traefik']);
    const origin = `https://127.0.0.1:${workspace.ports.webSecure}`;
    const shared = { kind: 'http' as const, origin, host: 'blog.localhost', timeoutMs: 30_000 };
    const load = startLoad([
      { ...shared, name: 'kept', keepAlive: true, perSecond: 10 },
      { ...shared, name: 'new', keepAlive: false, perSecond: 5 },
    ]);
    await write(shop, [{ service: 'web', domain: 'shop.localhost', port: 8080 }]);
    const deployed = await deploy(shop);
    const tallies = await load.stop();
    succeeded(deployed);
    expect(Object.values(tallies).map(({ failures }) => failures)).toEqual([{}, {}]);
    expect(await ask('shop.localhost')).toBe(`200 ${shop}`);
    expect(await output('docker', ['ps', '--quiet', '--filter', 'name=proxy-traefik'])).toBe(before);
  });

  it('keeps projects apart: one reaches no task of the other', async () => {
    const [web = ''] = await containersOfService(shop, 'web');
    const networks = '{{range .NetworkSettings.Networks}}{{.IPAddress}} {{end}}';
    const addresses = (await output('docker', ['inspect', '--format', networks, web])).trim().split(' ');
    expect(addresses).toHaveLength(2);
    const [other = ''] = await containersOfService(blog, 'web');
    for (const address of addresses) {
      const script = `fetch('http://${address}:8080', {signal: AbortSignal.timeout(3000)}).then(() => console.log('reached'), () => console.log('not'))`;
      expect(await output('docker', ['exec', other, 'node', '-e', script])).toBe('not');
    }
  });

  it('changes a route without a new task', async () => {
    const before = await containersOfService(shop, 'web');
    const headers = { 'X-Added': 'by its row' };
    await write(shop, [
      { service: 'web', domain: 'shop.localhost', port: 8080 },
      { service: 'web', domain: 'store.localhost', port: 8080, headers: { request: headers } },
    ]);
    succeeded(await deploy(shop));
    await eventually(async () => expect(await ask('store.localhost')).toContain(shop));
    expect(await ask('shop.localhost')).toBe(`200 ${shop}`);
    expect(await containersOfService(shop, 'web')).toEqual(before);
  });

  it('serves again after Traefik was replaced, and after one of its tasks was', async () => {
    const [traefik = ''] = (
      await output('docker', ['ps', '--quiet', '--filter', 'name=proxy-traefik'])
    ).split('\n');
    await output('docker', ['restart', '-t', '3', traefik]);
    await eventually(async () => expect(await ask('shop.localhost')).toBe(`200 ${shop}`), {
      timeoutMs: 120_000,
    });
    await output('docker', ['rm', '--force', traefik]);
    succeeded(await deploy('proxy'));
    for (const [host, name] of [
      ['blog.localhost', blog],
      ['shop.localhost', shop],
    ] as const)
      await eventually(async () => expect(await ask(host)).toBe(`200 ${name}`), { timeoutMs: 120_000 });
    await output('docker', ['rm', '--force', ...(await containersOfService(shop, 'web'))]);
    await eventually(async () => expect(await ask('shop.localhost')).toBe(`200 ${shop}`), {
      timeoutMs: 120_000,
    });
  });

  it('fails a deploy whose row leads to a port where nothing answers', async () => {
    await write(shop, [{ service: 'web', domain: 'shop.localhost', port: 8081 }]);
    const { exitCode, all } = await deploy(shop);
    expect(exitCode).toBe(1);
    expect(all).toMatch(/502|port 8081/);
    expect(await newestRecord(workspace.state, shop)).toMatchObject({ outcome: 'failed' });
    await write(shop, [{ service: 'web', domain: 'shop.localhost', port: 8080 }]);
    succeeded(await deploy(shop));
  });

  it('says of a host on the loopback that nobody is there', async () => {
    const outside = workspace.name('outside');
    const ingress = [{ domain: 'outside.localhost', port: 1 }];
    await workspace.write(`projects/${outside}/ingress.yml`, stringify({ host: '127.0.0.1', ingress }));
    const { exitCode, all } = await workspace.itsup(['validate']);
    expect(exitCode).not.toBe(0);
    expect(all).toContain('127.0.0.1 leads to nobody');
    await workspace.remove(`projects/${outside}`);
  });

  it('takes a project down with its network, and the others serve', async () => {
    succeeded(await workspace.itsup(['down', shop]));
    expect(await ask('shop.localhost')).toContain('404');
    expect(await output('docker', ['network', 'ls', '--format', '{{.Name}}'])).not.toContain(shop);
    expect(await ask('blog.localhost')).toBe(`200 ${blog}`);
  });
});
