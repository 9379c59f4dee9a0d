import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { stringify } from 'yaml';

import { http } from '../harness/traffic/clients';
import { bringPlugin, PLUGIN_MODULE } from '../harness/engine/crowdsec-plugin';
import { describeWithCrowdsec } from '../harness/engine/describe-with';
import { containersOf, type ContainerState } from '../harness/engine/engine';
import { eventually } from '../harness/eventually';
import { NODE } from '../harness/engine/images';
import { freePorts } from '../harness/traffic/ports';
import { output, succeeded } from '../harness/run';
import { createWorkspace, type TestWorkspace } from '../harness/workspace/workspace';
import { openLedger, openLoadRun, writeLoadProject, type LoadRun, type Profile } from '../load';

const host = 'load.test';
/** How often the plugin asks for decisions, in seconds; its own default would make this a test of patience. */
const INTERVAL_SECONDS = 2;
/** For what takes CrowdSec or the plugin a moment, on a machine that has other things to do. */
const SOON = { timeoutMs: 60_000, everyMs: 250 };
/** Addresses of nobody (RFC 5737): CrowdSec's own whitelist holds all private ones. */
const VISITOR = '203.0.113.1';
const BANNED = '203.0.113.2';
const EARLIER = '203.0.113.4';
const LATER = '203.0.113.5';
const PROBER = '203.0.113.3';

describeWithCrowdsec([NODE], 'CrowdSec behind the generated stack', () => {
  let workspace: TestWorkspace;
  let app: string;
  let attackers = 0;
  let running: LoadRun;
  let ended: ReturnType<LoadRun['end']> | undefined;

  beforeAll(async () => {
    workspace = await createWorkspace({
      settings: { crowdsec: { enabled: true }, trustedIPs: ['127.0.0.1/32'] },
    });
    await workspace.write(
      'projects/traefik.yml',
      stringify({ experimental: { localPlugins: { crowdsec: { moduleName: PLUGIN_MODULE } } } }),
    );
    const crowdsec = { plugin: { crowdsec: { updateIntervalSeconds: INTERVAL_SECONDS } } };
    await workspace.write('projects/middlewares.yml', stringify({ http: { middlewares: { crowdsec } } }));
    await bringPlugin(workspace.state);
    app = workspace.name('load');
    const ledger = await openLedger();
    await writeLoadProject(workspace, app, { version: 'v0', ledgerPort: ledger.port });
    await deploy();
    await eventually(async () => expect(await statusFor(VISITOR)).toBe(200), SOON);
    running = await openLoadRun(profiles(workspace.ports.webSecure), ledger);
  });

  afterAll(async () => {
    await endLoad();
    await workspace?.dispose();
  });

  async function endLoad(): Promise<void> {
    ended ??= running?.end();
    await ended;
  }

  async function deploy(): Promise<string> {
    const args = ['run-many', '-t', 'deploy', '--outputStyle=static'];
    return succeeded(await workspace.nx(args, { timeoutMs: 290_000 })).all;
  }

  /** How a request of this client is answered. */
  async function statusFor(client: string, path = '/', asked = host): Promise<number> {
    const headers = { 'x-forwarded-for': client };
    const { status } = await http({
      port: workspace.ports.webSecure,
      tls: true,
      host: asked,
      path,
      headers,
    });
    return status;
  }

  /** How an attack is answered that AppSec has a rule against; by another client each time, so by AppSec alone. */
  async function attack(): Promise<number> {
    attackers += 1;
    return statusFor(`198.51.100.${attackers}`, '/.env');
  }

  async function expectStatus(client: string, status: number): Promise<void> {
    await eventually(async () => expect(await statusFor(client)).toBe(status), SOON);
  }

  async function instances(service: string): Promise<ContainerState[]> {
    return (await containersOf('proxy')).filter((container) => container.service === service);
  }

  async function only(service: string): Promise<ContainerState> {
    const [container, ...others] = await instances(service);
    if (container === undefined || others.length > 0) throw new Error(`not one ${service}`);
    return container;
  }

  async function cscli(args: string[], id?: string): Promise<string> {
    return output('docker', ['exec', id ?? (await only('crowdsec')).id, 'cscli', ...args]);
  }

  async function bannedBy(id?: string): Promise<string[]> {
    const alerts = JSON.parse(await cscli(['decisions', 'list', '--output', 'json'], id)) as
      { decisions: { value: string }[] }[] | null;
    return (alerts ?? []).flatMap(({ decisions }) => decisions.map(({ value }) => value));
  }

  /** Lines of Traefik's access log that CrowdSec has read. */
  async function linesRead(): Promise<number> {
    const { acquisition } = JSON.parse(
      await cscli(['metrics', 'show', 'acquisition', '--output', 'json']),
    ) as { acquisition: Record<string, { reads?: number }> };
    return acquisition['file:/var/log/traefik/access.log']?.reads ?? 0;
  }

  async function becomes(service: string, health: string): Promise<void> {
    await eventually(async () => expect(await only(service)).toMatchObject({ health }), {
      timeoutMs: 150_000,
      everyMs: 500,
    });
  }

  it('refuses a client while a decision on it stands, and nobody else', async () => {
    expect(await statusFor(BANNED)).toBe(200);
    await cscli(['decisions', 'add', '--ip', BANNED]);
    await expectStatus(BANNED, 403);
    expect(await statusFor(VISITOR)).toBe(200);
    await cscli(['decisions', 'delete', '--ip', BANNED]);
    await expectStatus(BANNED, 200);
  });

  it('refuses what a rule of AppSec knows, and nothing plain', async () => {
    expect(await attack()).toBe(403);
    expect(await statusFor(VISITOR, '/environment')).toBe(200);
    expect(running.failures()).toEqual({});
  });

  it("reads Traefik's access log, and bans whom a scenario catches there", async () => {
    await eventually(async () => expect(await linesRead()).toBeGreaterThan(0), SOON);
    // Names that nobody has, so that Traefik alone answers: AppSec is not asked, the log is all there is.
    for (let time = 0; time < 20; time += 1) {
      expect(await statusFor(PROBER, `/probe-${time}`, 'nobody.test')).toBe(404);
    }
    await eventually(async () => expect(await bannedBy()).toContain(PROBER), SOON);
    await expectStatus(PROBER, 403);
  });

  it('is taken out by /tmp/drain', async () => {
    const { id } = await only('crowdsec');
    await output('docker', ['exec', id, 'touch', '/tmp/drain']);
    await becomes('crowdsec', 'unhealthy');
    await expectStatus(VISITOR, 200);
    await output('docker', ['exec', id, 'rm', '/tmp/drain']);
    await becomes('crowdsec', 'healthy');
    await eventually(async () => expect(await attack()).toBe(403), SOON);
    expect(running.failures()).toEqual({});
  });

  it('is rolled with two instances on one database, and loses neither requests nor decisions', async () => {
    await cscli(['decisions', 'add', '--ip', BANNED]);
    await expectStatus(BANNED, 403);
    const { id } = await only('crowdsec');
    await workspace.write(
      'projects/itsup.yml',
      (await workspace.read('projects/itsup.yml')).replace(
        'enabled: true',
        'enabled: true\n  collections: [crowdsecurity/nginx]',
      ),
    );
    const together: string[][] = [];
    let rolled = false;
    const watched = (async () => {
      while (!rolled) {
        const both = await instances('crowdsec');
        if (both.length === 2 && both.every(({ health }) => health === 'healthy')) {
          // The old one may be gone before it has answered.
          together.push(...(await Promise.all(both.map((each) => bannedBy(each.id))).catch(() => [])));
        }
        await sleep(200);
      }
    })();
    await deploy();
    rolled = true;
    await watched;
    expect((await only('crowdsec')).id).not.toBe(id);
    expect(await cscli(['collections', 'list'])).toContain('crowdsecurity/nginx');
    expect(together.length).toBeGreaterThanOrEqual(2);
    for (const decisions of together) expect(decisions).toContain(BANNED);
    expect(await bannedBy()).toContain(BANNED);
    expect(await statusFor(BANNED)).toBe(403);
    expect(await attack()).toBe(403);
    expect(running.failures()).toEqual({});
  });

  it('takes no site down by being stopped, and refuses again once it is back', async () => {
    const { id } = await only('crowdsec');
    await output('docker', ['stop', id]);
    await sleep(5_000);
    expect(await statusFor(VISITOR)).toBe(200);
    expect(await attack()).toBe(200);
    await output('docker', ['start', id]);
    await becomes('crowdsec', 'healthy');
    await eventually(async () => expect(await attack()).toBe(403), SOON);
    expect(running.failures()).toEqual({});
  });

  it('is heard by a Traefik that was rolled, whose log it reads', async () => {
    const { id } = await only('traefik');
    const [hostport = 0] = await freePorts(1);
    const path = `projects/${app}/ingress.yml`;
    const row = { service: 'web', router: 'tcp', port: 8081, hostport, proxyprotocol: null };
    await workspace.write(path, `${await workspace.read(path)}${stringify([row]).replace(/^(?=.)/gm, '  ')}`);
    await deploy();
    const rolled = await only('traefik');
    expect(rolled.id).not.toBe(id);
    expect(rolled.name).toMatch(/^proxy-traefik-\d+$/);
    await expectStatus(BANNED, 403);
    const before = await linesRead();
    await eventually(async () => {
      await statusFor(VISITOR);
      expect(await linesRead()).toBeGreaterThan(before);
    }, SOON);
    expect(running.failures()).toEqual({});
  });

  it('takes another key when the one that its database knows is lost', async () => {
    const before = await Promise.all([only('crowdsec'), only('traefik')]);
    await rm(join(workspace.state, 'crowdsec/bouncer.key'));
    await deploy();
    const after = await Promise.all([only('crowdsec'), only('traefik')]);
    expect(after.map(({ id }, index) => id !== before[index]?.id)).toEqual([true, true]);
    const bouncers = JSON.parse(await cscli(['bouncers', 'list', '--output', 'json'])) as { name: string }[];
    expect(bouncers.map(({ name }) => /^traefik_[0-9a-f]{12}$/.test(name))).toEqual([true, true]);
    await cscli(['decisions', 'add', '--ip', LATER]);
    await expectStatus(LATER, 403);
    expect(await attack()).toBe(403);
    expect(running.failures()).toEqual({});
  });

  it('is heard by a Traefik that starts before it', async () => {
    const [traefik, crowdsec] = [await only('traefik'), await only('crowdsec')];
    expect((await (ended = running.end())).failures).toEqual({});
    await cscli(['decisions', 'add', '--ip', EARLIER]);
    await expectStatus(EARLIER, 403);
    await output('docker', ['stop', traefik.id, crowdsec.id]);
    await output('docker', ['start', traefik.id]);
    await eventually(async () => expect(await statusFor(VISITOR)).toBe(200), SOON);
    await output('docker', ['start', crowdsec.id]);
    await becomes('crowdsec', 'healthy');
    await expectStatus(EARLIER, 403);
  });
});

function profiles(port: number): Profile[] {
  const base = { kind: 'http' as const, origin: `https://127.0.0.1:${port}`, host, timeoutMs: 30_000 };
  return [
    { ...base, name: 'new connections', keepAlive: false, perSecond: 3 },
    { ...base, name: 'kept connections', keepAlive: true, perSecond: 5 },
    { ...base, name: 'posts', method: 'POST', keepAlive: true, perSecond: 2 },
  ];
}
