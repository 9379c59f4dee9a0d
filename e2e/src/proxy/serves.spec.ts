import { stringify } from 'yaml';

import { http, tcp } from '../harness/traffic/clients';
import { describeWithOwnEngine } from '../harness/engine/describe-with';
import { BUSYBOX } from '../harness/engine/images';
import { freePorts } from '../harness/traffic/ports';
import { succeeded, type Run } from '../harness/run';
import { createWorkspace, type TestWorkspace } from '../harness/workspace/workspace';

describeWithOwnEngine([BUSYBOX], 'a deploy that ends green serves', () => {
  let workspace: TestWorkspace;
  let app: string;
  let hostports: number[];

  beforeAll(async () => {
    workspace = await createWorkspace();
    app = workspace.name('app');
    hostports = await freePorts(3);
  }, 120_000);
  afterAll(() => workspace?.dispose());

  async function write(rows: object[], labels: Record<string, string> = {}): Promise<void> {
    const command = 'mkdir -p /www; echo served >/www/index.html; exec httpd -f -p 80 -h /www';
    const web = { image: BUSYBOX, init: true, command: ['sh', '-c', command], labels };
    await workspace.write(`projects/${app}/docker-compose.yml`, stringify({ services: { web } }));
    await workspace.write(`projects/${app}/ingress.yml`, stringify({ ingress: rows }));
  }

  /** The project alone. */
  const deploy = (): Promise<Run> => workspace.nx(['deploy', app], { timeoutMs: 240_000 });
  const ask = async (path = '/'): Promise<number> =>
    (await http({ port: workspace.ports.webSecure, tls: true, host: 'app.localhost', path })).status;

  const DOMAIN = { service: 'web', domain: 'app.localhost', port: 80 };
  const tcpRow = (hostport: number | undefined, port = 80): object => ({
    ...{ service: 'web', router: 'tcp', hostport, port, proxyprotocol: null },
  });

  it('starts the proxy with the first project', async () => {
    await write([DOMAIN]);
    const { all } = succeeded(await deploy());
    expect(all).toContain('the proxy is deployed along: Traefik does not run');
    expect(await ask()).toBe(200);
  }, 400_000);

  it('takes the proxy along for a new port, and leaves it alone otherwise', async () => {
    await write([DOMAIN, tcpRow(hostports[0])]);
    const { all } = succeeded(await deploy());
    expect(all).toContain(`the proxy is deployed along: Traefik does not listen on ${hostports[0]}/tcp yet`);
    const get = 'GET / HTTP/1.0\r\n\r\n';
    expect((await tcp({ port: hostports[0] ?? 0, send: get })).text).toContain('200');
    await write([DOMAIN, { ...DOMAIN, path_prefix: '/other' }, tcpRow(hostports[0])]);
    expect(succeeded(await deploy()).all).not.toContain('the proxy is deployed along');
  }, 400_000);

  it('ends with 1 while nothing answers behind a row, also when nothing changes any more', async () => {
    succeeded(await workspace.itsup(['down', app]));
    await write([{ ...DOMAIN, port: 8081 }, tcpRow(hostports[0])]);
    for (const attempt of ['first', 'second']) {
      const { exitCode, all } = await deploy();
      expect([attempt, exitCode]).toEqual([attempt, 1]);
      expect(all).toMatch(/port 8081/);
    }
    expect((await workspace.itsup(['status', app])).stdout).toMatch(/failed .*\n[^]*port 8081/);
    expect((await workspace.itsup(['history', app])).stdout).toMatch(
      /deploy: failed[^]*error: [^]*port 8081/,
    );
    await write([DOMAIN, tcpRow(hostports[0])]);
    succeeded(await deploy());
    expect(await ask()).toBe(200);
  }, 600_000);

  it('ends with 1 when a host outside Docker does not answer at the port of a row', async () => {
    const outside = workspace.name('outside');
    const ingress = [
      { domain: 'outside.localhost', port: 1 },
      { router: 'tcp', hostport: hostports[1], port: 2, proxyprotocol: null },
    ];
    await workspace.write(`projects/${outside}/ingress.yml`, stringify({ host: '127.0.0.1', ingress }));
    // Nothing changes any more, and it is still not served.
    for (const attempt of ['first', 'second']) {
      const { exitCode, all } = await workspace.nx(['deploy', outside], { timeoutMs: 240_000 });
      expect([attempt, exitCode]).toEqual([attempt, 1]);
      expect(all).toMatch(
        /outside\.localhost.* is answered with 502: nothing answers at port 1 of 127\.0\.0\.1/,
      );
      expect(all).toMatch(
        new RegExp(`tcp port ${hostports[1]} leads to 127\\.0\\.0\\.1, where nothing answers at port 2`),
      );
      expect(all).toContain(`projects/${outside}/ingress.yml:`);
    }
    expect((await workspace.itsup(['status', outside])).stdout).toMatch(/failed .*\n[^]*port\s+1\s+of/);
    await workspace.remove(`projects/${outside}`);
  }, 400_000);

  it('ends with 1 at the first deploy of a router that Traefik refuses', async () => {
    const router = 'traefik.http.routers.own';
    await write([DOMAIN], {
      [`${router}.rule`]: 'Host(`own.localhost`)',
      [`${router}.entrypoints`]: 'web-secure',
      [`${router}.tls`]: 'true',
      [`${router}.middlewares`]: '${LOGIN}@docker',
      [`${router}.service`]: `${app}-web-80`,
    });
    await workspace.write(`projects/${app}/.env`, 'LOGIN=login\n');
    succeeded(await workspace.itsup(['down', app]));
    const { exitCode, all } = await deploy();
    expect(exitCode).toBe(1);
    expect(all).toMatch(/login@docker/);
    await write([DOMAIN]);
    succeeded(await deploy());
  }, 400_000);

  it('lets every answer of a service pass', async () => {
    await write([
      DOMAIN,
      { ...DOMAIN, path_prefix: '/missing' },
      { ...DOMAIN, path_prefix: '/closed', allow_source_ips: ['192.0.2.1/32'] },
    ]);
    succeeded(await deploy());
    expect(await ask('/missing')).toBe(404);
    expect(await ask('/closed')).toBe(403);
  }, 400_000);

  it('starts the proxy again with a project after it was taken down', async () => {
    succeeded(await workspace.itsup(['down', 'proxy']));
    expect(succeeded(await deploy()).all).toContain('the proxy is deployed along: Traefik does not run');
    expect(await ask()).toBe(200);
  }, 400_000);
});
