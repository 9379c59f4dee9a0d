import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { http } from '../harness/traffic/clients';
import { describeWithOwnEngine } from '../harness/engine/describe-with';
import { eventually } from '../harness/eventually';
import { newestRecord } from '../harness/workspace/newest-record';
import { output } from '../harness/run';
import { openTenants, site, type Tenant, type Tenants } from './tenants';

/**
 * What a step of a small deploy takes at most on a busy machine; a Traefik that reads no file takes 30 s to be given
 * up.
 */
const NORMAL_MS = 20_000;
const SITES = ['evil.localhost', 'victim.localhost'];

const tenant = (name: string, labels: Record<string, string> = {}): Tenant => ({
  services: {
    web: { labels, ...(name === 'victim' ? { environment: { NAME: 'victim.web', VERSION: '1' } } : {}) },
  },
  ingress: [site('web', `${name}.localhost`)],
});

/**
 * A route file of a rollout with a number that is none, as versions before wrote it from a label that nobody had
 * checked.
 */
const unreadablePin = (project: string): string => `# itsup: {"project":"${project}","service":"web"}
http:
  routers:
    evil~rollout: {rule: "Host(\`evil.localhost\`)", priority: abc, service: nowhere}
`;

describeWithOwnEngine([], 'files of Traefik that all projects share', () => {
  let tenants: Tenants;
  let version = 1;

  beforeAll(async () => {
    tenants = await openTenants({ evil: tenant('evil'), victim: tenant('victim') });
    await tenants.deploy('proxy', 'evil', 'victim');
    await everySite();
  });
  afterAll(async () => tenants?.dispose());

  const dynamic = (file: string): string => join(tenants.workspace.state, 'traefik/dynamic', file);

  /** Every site answers over HTTPS. */
  async function everySite(): Promise<void> {
    await eventually(async () => expect(await statuses()).toEqual(SITES.map(() => 200)), {
      timeoutMs: 30_000,
    });
  }

  function statuses(): Promise<number[]> {
    const { webSecure } = tenants.workspace.ports;
    return Promise.all(SITES.map(async (host) => (await http({ host, port: webSecure, tls: true })).status));
  }

  async function deploy(folder: string): Promise<{ text: string; failed: boolean }> {
    const project = folder === 'proxy' ? folder : tenants.workspace.name(folder);
    const ran = await tenants.workspace.itsup(['deploy', project]);
    return { text: ran.all, failed: ran.exitCode !== 0 };
  }

  /**
   * Of the victim's last deploy, by its record: processes that start take their time on a busy machine, and waits do
   * not.
   */
  async function longestStep(): Promise<number> {
    const { steps } = await newestRecord(tenants.workspace.state, tenants.workspace.name('victim'));
    return Math.max(...steps.filter(({ step }) => step !== 'wait-healthy').map(({ ms }) => ms));
  }

  async function changeVictim(): Promise<void> {
    version += 1;
    const changed = tenant('victim');
    await tenants.write('victim', {
      ...changed,
      services: { web: { environment: { NAME: 'victim.web', VERSION: String(version) } } },
    });
  }

  /** The other tenant's day goes on: its deploy succeeds in a normal time, and nobody is without a site. */
  async function victimDeploys(): Promise<void> {
    await changeVictim();
    const { text, failed } = await deploy('victim');
    expect({ failed, text: failed ? text : '' }).toEqual({ failed: false, text: '' });
    expect(await longestStep()).toBeLessThan(NORMAL_MS);
    await everySite();
  }

  const traefik = (): Promise<string> =>
    output('docker', ['ps', '-q', '--filter', 'label=com.docker.compose.service=traefik']);

  describe('a label of a wrong type', () => {
    const router = (): string => `${tenants.workspace.name('evil')}-web-8080`;

    it("is its project's own failure, with file and line", async () => {
      await tenants.write('evil', tenant('evil', { [`traefik.http.routers.${router()}.priority`]: 'abc' }));
      const { text, failed } = await deploy('evil');
      expect(failed).toBe(true);
      expect(text).toMatch(
        /docker-compose\.yml:\d+:\d+: error: .*priority` must be a whole number, found `abc`/,
      );
      await victimDeploys();
    });

    it('is found in a value that only a deploy knows, which is not shown', async () => {
      const label = `traefik.http.routers.${router()}.priority`;
      await tenants.write('evil', tenant('evil', { [label]: '${PRIORITY}' }));
      await tenants.workspace.write(
        `projects/${tenants.workspace.name('evil')}/.env`,
        'PRIORITY=s3cr3tvalue\n',
      );
      const { text, failed } = await deploy('evil');
      expect(failed).toBe(true);
      expect(text).toContain('must be a whole number, found `${PRIORITY}`');
      expect(text).not.toContain('s3cr3tvalue');
      await victimDeploys();
    });

    it('that an earlier version deployed hurts nobody while it is put right', async () => {
      const project = tenants.workspace.name('evil');
      const label = `traefik.http.routers.${router()}.priority`;
      await tenants.write('evil', tenant('evil', { [label]: '7' }));
      await tenants.workspace.remove(`projects/${project}/.env`);
      expect((await deploy('evil')).failed).toBe(false);
      // What ran before the check was there: Compose alone, past validate.
      const file = `upstream/${project}/docker-compose.ingress.yml`;
      const source = `projects/${project}/docker-compose.yml`;
      const text = await tenants.workspace.read(source);
      await tenants.workspace.write(source, text.replace(/priority: ["']?7["']?/, 'priority: abc'));
      await output('docker', [
        ...[
          'compose',
          '--project-name',
          project,
          '--file',
          join(tenants.workspace.root, `upstream/${project}/docker-compose.yml`),
        ],
        ...['up', '--detach'],
      ]);
      expect(await tenants.workspace.read(file)).toBeTruthy();
      await eventually(async () => expect((await statuses())[0]).toBe(404));
      await tenants.write('evil', tenant('evil', { [label]: '8' }));
      expect((await deploy('evil')).failed).toBe(false);
      await victimDeploys();
    });
  });

  describe('a route file that Traefik cannot read', () => {
    // Whatever a test found: the next ones are about something else.
    afterEach(() => rm(dynamic('mine.yml'), { force: true }));

    it('takes every site down at a restart, until any deploy drops it', async () => {
      const file = dynamic(`rollout-${tenants.workspace.name('evil')}-web.yml`);
      await writeFile(file, unreadablePin(tenants.workspace.name('evil')));
      await output('docker', ['restart', '--time', '1', await traefik()]);
      await sleep(3_000);
      expect(await statuses()).not.toEqual([200, 200]);
      await changeVictim();
      const { text, failed } = await deploy('victim');
      expect(text).toMatch(
        /removed the route file rollout-.*-web\.yml, for with it Traefik reads no file at all/,
      );
      expect(failed).toBe(false);
      expect(await longestStep()).toBeLessThan(NORMAL_MS);
      await everySite();
    });

    it("is named at once by a deploy that waits for Traefik, when it is nobody's to remove", async () => {
      await writeFile(dynamic('mine.yml'), 'http:\n  middlewares:\n    a: {rateLimit: {average: abc}}\n');
      await changeVictim();
      const { text, failed } = await deploy('victim');
      expect(failed).toBe(true);
      expect(text).toMatch(/Traefik reads none of its files any more: \S*mine\.yml: .*parsing "abc"/);
      expect(await longestStep()).toBeLessThan(NORMAL_MS);
      await rm(dynamic('mine.yml'));
      await victimDeploys();
    });
  });

  describe('middlewares.yml', () => {
    afterEach(() => rm(join(tenants.workspace.root, 'projects/middlewares.yml'), { force: true }));

    it.each([
      [
        'a misspelt kind',
        'auth: {basicAuht: {users: ["a:b"]}}',
        /middlewares\.yml:3:\d+: error: unknown field .*basicAuth/,
      ],
      [
        'a template',
        'auth: {headers: {customResponseHeaders: {X: "{{ .X }}"}}}',
        /middlewares\.yml:3:\d+: error: .*Go template/,
      ],
      [
        'a word for a number',
        'slow: {rateLimit: {average: abc}}',
        /middlewares\.yml:3:\d+: error: .*whole number/,
      ],
    ])("with %s is the proxy's failure, at its line, and publishes nothing", async (_what, text, message) => {
      await tenants.workspace.write('projects/middlewares.yml', `http:\n  middlewares:\n    ${text}\n`);
      const validated = await tenants.workspace.itsup(['validate', 'proxy']);
      expect(validated.exitCode).not.toBe(0);
      expect(validated.all).toMatch(message);
      expect((await deploy('proxy')).failed).toBe(true);
      await victimDeploys();
    });
  });

  it('a middleware that no container defines ends its deploy, not the others', async () => {
    await tenants.write('evil', {
      ...tenant('evil'),
      ingress: [site('web', 'evil.localhost', { middleware: ['login@docker'] })],
    });
    const validated = await tenants.workspace.itsup(['validate']);
    expect(validated.all).toContain('no label in projects/ defines the middleware login@docker');
    const { text, failed } = await deploy('evil');
    expect(failed).toBe(true);
    expect(text).toContain('login@docker');
    expect((await deploy('evil')).failed).toBe(true);
    // The old version serves on. What Compose alone puts in its place does not, and doctor says so.
    const project = tenants.workspace.name('evil');
    const file = join(tenants.workspace.root, `upstream/${project}/docker-compose.yml`);
    await output('docker', [
      ...['compose', '--project-name', project, '--file', file],
      ...['up', '--detach'],
    ]);
    await eventually(async () => expect((await statuses())[0]).toBe(404));
    const doctor = await tenants.workspace.itsup(['doctor']);
    expect(doctor.all).toMatch(/error +rows +.*Traefik refuses .*login@docker/);
    expect(doctor.exitCode).not.toBe(0);
    await tenants.write('evil', tenant('evil'));
    expect((await deploy('evil')).failed).toBe(false);
    await victimDeploys();
  });
});
