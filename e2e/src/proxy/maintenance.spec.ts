import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';

import { http, type HttpAnswer } from '../harness/traffic/clients';
import { describeWithProxy } from '../harness/engine/describe-with';
import { BUSYBOX } from '../harness/engine/images';
import { freePorts } from '../harness/traffic/ports';
import { output, succeeded } from '../harness/run';
import { createWorkspace, type TestWorkspace } from '../harness/workspace/workspace';

describeWithProxy([BUSYBOX], 'the maintenance page', () => {
  let workspace: TestWorkspace;
  let app: string;
  let hostport: number;

  beforeAll(async () => {
    workspace = await createWorkspace();
    app = workspace.name('app');
    [hostport = 0] = await freePorts(1);
    await write('first');
    succeeded(await workspace.nx(['deploy', app], { timeoutMs: 240_000 }));
  }, 400_000);
  afterAll(async () => {
    await workspace?.itsup(['maintenance', app, 'off']);
    await workspace?.dispose();
  });

  async function write(version: string, rows: object[] = []): Promise<void> {
    const command = `mkdir -p /www; echo ${version} >/www/index.html; exec httpd -f -p 80 -h /www`;
    const web = { image: BUSYBOX, init: true, command: ['sh', '-c', command] };
    const row = { service: 'web', domain: 'app.localhost', port: 80 };
    const line = { service: 'web', router: 'tcp', hostport, port: 80, proxyprotocol: null };
    await workspace.write(`projects/${app}/docker-compose.yml`, stringify({ services: { web } }));
    await workspace.write(`projects/${app}/ingress.yml`, stringify({ ingress: [row, line, ...rows] }));
  }

  const ask = (question: { host?: string; method?: string; body?: string } = {}): Promise<HttpAnswer> =>
    http({ port: workspace.ports.webSecure, tls: true, host: 'app.localhost', ...question });
  const deploy = async (): Promise<string> =>
    succeeded(await workspace.nx(['deploy', app], { timeoutMs: 240_000 })).all;

  async function expectPage(question: Parameters<typeof ask>[0] = {}): Promise<void> {
    const { status, headers, body } = await ask(question);
    expect({ status, body }).toEqual({ status: 503, body: expect.stringContaining('Back soon') });
    expect(body).toContain(`${app} is being updated`);
    expect(headers).toMatchObject({ 'retry-after': '60', 'cache-control': 'no-store' });
  }

  it('is shown to everybody by HTTP until it is taken away, and status and explain say so', async () => {
    expect((await ask()).body).toBe('first\n');
    expect(succeeded(await workspace.itsup(['maintenance', app, 'on'])).all).toContain(
      `until: itsup maintenance ${app} off`,
    );
    await Promise.all(Array.from({ length: 40 }, () => expectPage()));
    await expectPage({ method: 'POST', body: 'x'.repeat(300_000) });
    expect((await http({ port: hostport, host: 'app.localhost' })).body).toContain('first');
    const redirected = await http({ port: workspace.ports.web, host: 'app.localhost' });
    expect(redirected.status).toBeGreaterThanOrEqual(300);
    expect(redirected.status).toBeLessThan(400);
    const { stdout } = await workspace.itsup(['status', app]);
    expect(stdout.replace(/\s+/g, ' ')).toContain('visitors see its maintenance page');
    const explained = await workspace.itsup(['explain', 'https://app.localhost/']);
    expect(explained.all).toContain(`visitors see the maintenance page of ${app}`);
    expect((await workspace.itsup(['doctor'])).all).toContain(`visitors of ${app} see its maintenance page`);
  }, 240_000);

  it('stays through a deploy, which tells of it and gives it the new routes', async () => {
    await write('second', [{ service: 'web', domain: 'more.localhost', port: 80 }]);
    expect(await deploy()).toContain('visitors see the maintenance page until');
    await expectPage();
    await expectPage({ host: 'more.localhost' });
    expect(await deploy()).not.toContain('visitors see the maintenance page until');
    await expectPage();
  }, 400_000);

  it('stays through a restart, through down, and where its own container was killed it is put right', async () => {
    succeeded(await workspace.itsup(['restart', app], { timeoutMs: 240_000 }));
    await expectPage();
    succeeded(await workspace.itsup(['down', app], { timeoutMs: 240_000 }));
    await expectPage();
    await output('docker', ['rm', '-f', `itsup-maintenance-${app}`]);
    expect((await workspace.itsup(['status', app])).stdout.replace(/[\s!]+/g, ' ')).toContain(
      'its container does not run',
    );
    succeeded(await workspace.nx(['deploy', app], { timeoutMs: 240_000 }));
    await expectPage();
  }, 800_000);

  it('leaves nothing when it is taken away', async () => {
    expect(succeeded(await workspace.itsup(['maintenance', app, 'off'])).all).toContain('is served again');
    expect((await ask()).body).toBe('second\n');
    const left = await output('docker', ['ps', '-aq', '--filter', `label=itsup.maintenance=${app}`]);
    expect(left.trim()).toBe('');
    const dynamic = await readdir(join(workspace.state, 'traefik/dynamic'));
    expect(dynamic.filter((name) => name.startsWith('maintenance'))).toEqual([]);
    await expect(readFile(join(workspace.state, 'stacks', app, 'maintenance.json'), 'utf8')).rejects.toThrow(
      'ENOENT',
    );
  }, 120_000);
});
