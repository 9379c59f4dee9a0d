import { existsSync } from 'node:fs';
import { readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';

import { http } from '../harness/traffic/clients';
import { describeWithOwnEngine } from '../harness/engine/describe-with';
import { containersOf, removeProjects, removeProxy } from '../harness/engine/engine';
import { BUSYBOX } from '../harness/engine/images';
import { freePorts } from '../harness/traffic/ports';
import { output, run, succeeded, type Run } from '../harness/run';
import { createWorkspace, type TestWorkspace } from '../harness/workspace/workspace';

const CERTIFICATES = '{"letsencrypt": {"Account": null, "Certificates": null}}';

describeWithOwnEngine([BUSYBOX], 'a state folder that is lost, moved, or another one', () => {
  let workspace: TestWorkspace;
  let hostport: number;
  let state: string;

  beforeAll(async () => {
    workspace = await createWorkspace();
    [hostport = 0] = await freePorts(1);
    state = workspace.state;
    await writeRows('/a');
    await workspace.commit('Add a project');
    succeeded(await deploy());
  }, 240_000);
  afterAll(async () => {
    await workspace?.dispose();
    for (const end of ['moved', 'other', 'taken'])
      await rm(`${workspace.state}.${end}`, { recursive: true, force: true });
  });

  async function writeRows(prefix: string): Promise<void> {
    const folder = `projects/${workspace.name('app')}`;
    const pages = '/www/index.html /www/a/index.html /www/b/index.html';
    const command = `mkdir -p /www/a /www/b; for page in ${pages}; do echo served >$$page; done; exec httpd -f -p 80 -h /www`;
    await workspace.write(
      `${folder}/docker-compose.yml`,
      stringify({ services: { web: { image: BUSYBOX, init: true, command: ['sh', '-c', command] } } }),
    );
    const rows = [
      { service: 'web', domain: 'app.localhost', port: 80, path_prefix: prefix },
      { service: 'web', router: 'http', hostport, port: 80 },
    ];
    await workspace.write(`${folder}/ingress.yml`, stringify({ ingress: rows }));
  }

  const itsup = (args: string[]): Promise<Run> =>
    workspace.itsup(args, { timeoutMs: 280_000, env: { ITSUP_STATE: state } });
  const deploy = (...args: string[]): Promise<Run> => itsup(['deploy', ...args]);

  async function expectServed(path: string): Promise<void> {
    const secure = { port: workspace.ports.webSecure, tls: true, host: 'app.localhost', path };
    expect((await http(secure)).status).toBe(200);
    expect((await http({ port: hostport, host: 'any.localhost' })).body).toBe('served\n');
  }

  /** The running Traefik reads what is published and writes certificates where they are kept. */
  async function expectMounted(): Promise<string> {
    const traefik = (await containersOf('proxy')).find(({ service }) => service === 'traefik');
    const inside = await output('docker', [
      'exec',
      traefik?.id ?? '',
      'stat',
      '-c',
      '%i',
      '/etc/traefik',
      '/acme',
    ]);
    const here = await Promise.all(['traefik', 'acme'].map((folder) => stat(join(state, folder))));
    expect(inside.split('\n')).toEqual(here.map(({ ino }) => String(ino)));
    return traefik?.id ?? '';
  }

  it('is recognised when it was deleted: the proxy is replaced, and what runs is taken over', async () => {
    await expectServed('/a/');
    await rm(state, { recursive: true });
    await writeRows('/b');
    const { all } = succeeded(await deploy());
    expect(all).toMatch(/the state folder .* was deleted or replaced while the proxy ran/);
    await expectServed('/b/');
    const traefik = await expectMounted();
    const again = succeeded(await deploy());
    expect(again.all).not.toMatch(/state folder/);
    expect(await expectMounted()).toBe(traefik);
  }, 300_000);

  it('takes the proxy along when one project alone is deployed after that', async () => {
    await rm(state, { recursive: true });
    const { all } = succeeded(await deploy(workspace.name('app')));
    expect(all).toMatch(/the proxy is deployed along/);
    await expectServed('/b/');
    await expectMounted();
  }, 300_000);

  it('follows when it was moved', async () => {
    const old = state;
    state = `${old}.moved`;
    await rename(old, state);
    const { all } = succeeded(await deploy());
    expect(all).toContain(`the state folder moved from ${old} to ${state}`);
    await expectServed('/b/');
    await expectMounted();
    expect(existsSync(old)).toBe(false);
  }, 300_000);

  it('is refused when it is another one than the proxy runs with, by plan, deploy and doctor', async () => {
    const first = state;
    state = `${workspace.state}.other`;
    for (const finished of [await deploy(), await itsup(['plan']), await deploy(workspace.name('app'))]) {
      expect(finished.exitCode).toBe(1);
      expect(finished.all).toContain(
        `the proxy on this host runs with the state folder ${first}, not with ${state}`,
      );
      expect(finished.all).toContain(`ITSUP_STATE=${first}`);
    }
    const doctor = await itsup(['doctor']);
    expect(doctor.exitCode).toBe(1);
    expect(doctor.all).toContain(`the proxy on this host runs with the state folder ${first}`);
    // In lines of 80 columns.
    expect((await itsup(['status'])).all.replace(/\s+/g, ' ')).toContain(
      `the proxy on this host runs with the state folder ${first}`,
    );
    expect(existsSync(join(state, 'workspace.json'))).toBe(false);
    state = first;
    await expectServed('/b/');
  }, 300_000);

  it('takes over for good with --adopt, and what is there comes along', async () => {
    const first = state;
    await writeFile(join(first, 'acme/acme.json'), CERTIFICATES, { mode: 0o600 });
    state = `${workspace.state}.taken`;
    const { all } = succeeded(await deploy('--adopt'));
    expect(all).toContain(`took over the state folder ${first}`);
    expect(await readFile(join(state, 'acme/acme.json'), 'utf8')).toBe(CERTIFICATES);
    expect(JSON.parse(await readFile(join(state, 'workspace.json'), 'utf8'))).toEqual(
      JSON.parse(await readFile(join(first, 'workspace.json'), 'utf8')),
    );
    await expectServed('/b/');
    await expectMounted();
  }, 300_000);

  it('comes back from git and a backup alone', async () => {
    const file = `${workspace.root}.tar`;
    const backup = `${join(workspace.root, 'node_modules/.bin/itsup')} state backup >${file}`;
    succeeded(await run('sh', ['-c', `umask 077; ITSUP_STATE=${state} ${backup}`]));
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const before = await itsup(['status', '--json']);
    await removeProjects(workspace.prefix);
    await removeProxy();
    await rm(state, { recursive: true });
    // Everything that git does not have.
    await output('git', ['clean', '-qfdx', '-e', 'node_modules', '-e', 'dist'], { cwd: workspace.root });
    await workspace.git(['checkout', '--', '.']);
    await writeRows('/b');

    const restore = `${join(workspace.root, 'node_modules/.bin/itsup')} state restore <${file}`;
    const restored = succeeded(await run('sh', ['-c', `ITSUP_STATE=${state} ${restore}`]));
    expect(restored.all).toMatch(/restored to .*: the identity, records of 2 stacks, certificates/);
    succeeded(await deploy());
    await expectServed('/b/');
    await expectMounted();
    expect(await readFile(join(state, 'acme/acme.json'), 'utf8')).toBe(CERTIFICATES);
    const records = await itsup(['rollback', workspace.name('app'), '--to', 'none']);
    const known = (JSON.parse(before.stdout) as { lastDeploy: { id: string } | null }[])[0]?.lastDeploy?.id;
    expect(known).toBeDefined();
    expect(records.all).toMatch(/there are: /);
    await rm(file);
  }, 300_000);
});
