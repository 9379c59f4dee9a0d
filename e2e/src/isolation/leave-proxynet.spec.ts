import { setTimeout as sleep } from 'node:timers/promises';
import { stringify } from 'yaml';

import { missingVersion, updateCheckout } from '../harness/workspace/checkout';
import { describeWithOwnEngine } from '../harness/engine/describe-with';
import { containersOf, type ContainerState } from '../harness/engine/engine';
import { eventually } from '../harness/eventually';
import { NODE } from '../harness/engine/images';
import { output, succeeded } from '../harness/run';
import type { TestWorkspace } from '../harness/workspace/workspace';
import { createLoadWorkspace, openLoadRun, type LoadRun, type Profile } from '../load';

/** The last version that put every public service on one network. */
const SHARING = '9e229c1';

/** Answers on 8080; `CALLS` is asked every half second, on a connection of its own. */
const PROGRAM = `
  const http = require('node:http');
  http.createServer((_, response) => response.end('{}')).listen(8080);
  const calls = process.env.CALLS;
  if (calls) setInterval(() => http.get(calls, { agent: false }, (r) => r.resume()).on('error', () => {}), 500);
  process.once('SIGTERM', () => process.exit());
`;

function service(more: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    image: NODE,
    command: ['node', '-e', PROGRAM.replaceAll('$', '$$$$')],
    stop_grace_period: '3s',
    ...more,
  };
}

describeWithOwnEngine([NODE], 'a host that was deployed when projects shared a network', () => {
  let workspace: TestWorkspace;
  let running: LoadRun | undefined;
  const deploy = (...flags: string[]) =>
    workspace.nx(['run-many', '-t', 'deploy', ...flags], { timeoutMs: 400_000 });
  const only = async (folder: string): Promise<ContainerState> => {
    const [container, ...more] = await containersOf(workspace.name(folder));
    if (!container || more.length > 0) throw new Error(`${folder} has ${more.length + 1} containers`);
    return container;
  };
  const members = (): Promise<string> =>
    output('docker', [
      ...['network', 'inspect', 'proxynet', '--format', '{{range .Containers}}{{.Name}} {{end}}'],
    ]);

  async function write(folder: string, web: Record<string, unknown>, more: object = {}): Promise<void> {
    const project = workspace.name(folder);
    const compose = { services: { [folder]: service(web) }, volumes: { data: {} } };
    await workspace.write(`projects/${project}/docker-compose.yml`, stringify(compose));
    const ingress = [{ service: folder, domain: `${folder}.load.test`, port: 8080 }];
    await workspace.write(`projects/${project}/ingress.yml`, stringify({ ingress, ...more }));
  }

  beforeAll(async () => {
    const missing = await missingVersion(SHARING);
    if (missing !== null) throw new Error(missing);
    workspace = await createLoadWorkspace({ version: SHARING });
    await write('rolled', {});
    await write('kept', { volumes: ['data:/data'] });
    await write('asker', { environment: { CALLS: 'http://kept:8080' } });
    await workspace.commit('Add the projects');
    succeeded(await deploy());
    await updateCheckout(workspace.root);
  }, 900_000);
  afterAll(async () => {
    await running?.end();
    await workspace?.dispose();
  });

  it('has them all on it', async () => {
    for (const folder of ['rolled', 'kept', 'asker']) {
      expect((await only(folder)).addresses['proxynet']).toMatch(/^172\.20\./);
    }
  });

  it('is told by the plan who asks another project over it, and with which line that goes on', async () => {
    const { all } = succeeded(await workspace.itsup(['plan']));
    const [asker, kept] = [workspace.name('asker'), workspace.name('kept')];
    expect(all).toContain(`${asker}:asker asks ${kept}:kept (port 8080) over proxynet`);
    expect(all).toContain(`projects/${asker}/ingress.yml: egress: ["${kept}:kept"]`);
    expect(all).toMatch(/kept +move /);
  });

  it('is not taken off it without the line or a word, where nobody sits at a terminal', async () => {
    const before = (await only('kept')).id;
    const { exitCode, all } = await workspace.nx(['deploy', workspace.name('kept')], { env: { CI: 'true' } });
    expect(exitCode).toBe(1);
    expect(all).toContain('itsup deploy --yes');
    expect((await only('kept')).id).toBe(before);
    expect((await only('kept')).addresses['proxynet']).toMatch(/^172\.20\./);
  });

  it('leaves it by one deploy, and no request is lost', async () => {
    const { webSecure } = workspace.ports;
    const profile = (folder: string, keepAlive: boolean): Profile => ({
      ...{
        kind: 'http',
        name: `${folder} ${keepAlive ? 'kept' : 'new'}`,
        perSecond: keepAlive ? 40 : 10,
        keepAlive,
      },
      ...{ origin: `https://127.0.0.1:${webSecure}`, host: `${folder}.load.test` },
    });
    const before = await only('kept');
    running = await openLoadRun([
      ...['rolled', 'kept'].flatMap((folder) => [profile(folder, true), profile(folder, false)]),
    ]);
    await sleep(2_000);
    expect(running.failures()).toEqual({});
    const { all } = succeeded(await deploy('--yes'));
    await sleep(2_000);
    expect(running.failures()).toEqual({});
    expect(all).toMatch(/leaves? proxynet/);
    const after = await only('kept');
    expect(after.id).toBe(before.id);
    expect(Object.keys(after.addresses)).toEqual([`${workspace.name('kept')}_default`]);
    expect(Object.keys((await only('rolled')).addresses)).toEqual([`${workspace.name('rolled')}_default`]);
    expect((await members()).trim()).toMatch(/^proxy-dns-\d+$/);
  }, 400_000);

  it('has nothing left to do, and serves on when a moved container restarts', async () => {
    const { all } = succeeded(await workspace.itsup(['plan']));
    expect(all).toContain('without a change');
    expect(all).not.toMatch(/ (move|recreate|rollout) /);
    await output('docker', ['restart', (await only('kept')).id]);
    expect(Object.keys((await only('kept')).addresses)).toEqual([`${workspace.name('kept')}_default`]);
    await eventually(async () => {
      running?.failures();
      await sleep(1_000);
      expect(running?.failures()).toEqual({});
    });
  });
});
