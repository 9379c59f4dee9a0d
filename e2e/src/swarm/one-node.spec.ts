import { stringify } from 'yaml';

import { describeOnOwnSwarm } from '../harness/engine/describe-with';
import { BUSYBOX, NODE } from '../harness/engine/images';
import { output, succeeded, type Run } from '../harness/run';
import { newestRecord } from '../harness/workspace/newest-record';
import { createWorkspace, type TestWorkspace } from '../harness/workspace/workspace';
import { ADDRESS, containersOfService as containers, DEPLOY_MS, endSwarm } from './own-swarm';

/** Serves its environment, its config and its secret, and is healthy when it does. */
const SERVER =
  'mkdir /www && env > /www/env && cp /etc/app.conf /www/conf && cp /run/secrets/key /www/key && exec httpd -f -p 8080 -h /www';

/** Prints what an address answers. A busybox that is linked statically cannot look names up. */
const ASK =
  'fetch(process.argv[1]).then((a) => a.text()).then((t) => process.stdout.write(t), (e) => { throw e.cause; })';

/** By kind of operation, its step in the journal. */
const STEPS: Record<string, string> = {
  'make-objects': 'make-objects',
  'start-new': 'start',
  update: 'update',
  'remove-old-objects': 'remove-old-files',
};

describeOnOwnSwarm([BUSYBOX, NODE], 'a swarm of one', () => {
  let workspace: TestWorkspace;
  let app: string;
  let client: string;

  beforeAll(async () => {
    workspace = await createWorkspace({ settings: { engine: 'swarm' } });
    app = workspace.name('app');
    client = workspace.name('client');
    await write();
    await workspace.write(
      `projects/${client}/docker-compose.yml`,
      stringify({
        services: { ask: { image: NODE, command: ['sleep', '100000'], init: true, restart: 'always' } },
      }),
    );
    await workspace.write(`projects/${client}/ingress.yml`, `egress: ['${app}:web']\n`);
  });
  afterAll(async () => {
    await workspace?.itsup(['down', client]);
    await workspace?.itsup(['down', app]);
    await workspace?.dispose();
    await endSwarm();
  });

  async function write(web: Record<string, unknown> = {}, key = 'one'): Promise<void> {
    await workspace.write(`projects/${app}/key`, key);
    const services = {
      web: {
        image: BUSYBOX,
        command: ['sh', '-c', SERVER],
        environment: { PRICE: '5$$' },
        restart: 'unless-stopped',
        stop_grace_period: '1s',
        configs: [{ source: 'conf', target: '/etc/app.conf' }],
        secrets: ['key'],
        depends_on: { db: { condition: 'service_healthy' } },
        healthcheck: {
          test: ['CMD', 'wget', '-q', '-O', '/dev/null', 'http://127.0.0.1:8080/env'],
          ...{ interval: '1s', timeout: '60s', retries: 10 },
        },
        ...web,
      },
      db: {
        image: BUSYBOX,
        command: ['sh', '-c', 'date +%s%N >> /data/starts && exec sleep 100000'],
        ...{ init: true, restart: 'unless-stopped', stop_grace_period: '1s' },
        volumes: ['data:/data'],
        healthcheck: { test: ['CMD', 'test', '-s', '/data/starts'], interval: '1s', timeout: '60s' },
      },
    };
    const configs = { conf: { content: 'a $$ b\n' } };
    const compose = { services, configs, secrets: { key: { file: './key' } }, volumes: { data: {} } };
    await workspace.write(`projects/${app}/docker-compose.yml`, stringify(compose));
  }

  const deploy = (...words: string[]): Promise<Run> =>
    workspace.itsup(['deploy', ...words], { timeoutMs: DEPLOY_MS });

  const operations = async (): Promise<{ id: string; kind: string; after: string[] }[]> => {
    const { stdout } = succeeded(await workspace.itsup(['plan', app, '--json']));
    return (JSON.parse(stdout) as { stacks: { operations: [] }[] }).stacks[0]?.operations ?? [];
  };

  /** What the last deploy did, but for what goes around the operations of every one. */
  const stepsOfLast = async (): Promise<string[]> => {
    const { steps } = await newestRecord(workspace.state, app);
    return steps.map(({ step }) => step).filter((step) => !['record', 'ask-rows'].includes(step));
  };

  const inside = async (service: string, ...command: string[]): Promise<string> => {
    const [id = ''] = await containers(app, service);
    return output('docker', ['exec', id, ...command]);
  };

  it('is asked for before it is there', async () => {
    const { exitCode, all } = await workspace.itsup(['plan', app]);
    expect(exitCode).toBe(1);
    expect(all).toContain('itsup swarm init');
    // What the sources say is drawn without one.
    succeeded(await workspace.itsup(['topology']));
  });

  it('is made of this machine, once', async () => {
    succeeded(await workspace.itsup(['swarm', 'init', '--address', ADDRESS]));
    expect((await workspace.itsup(['swarm', 'init'])).all).toContain('in a swarm already');
    const { stdout } = await workspace.itsup(['swarm', 'status', '--json']);
    expect(JSON.parse(stdout)).toMatchObject([
      { role: 'manager', isLeader: true, isHere: true, state: 'ready' },
    ]);
    expect((await workspace.itsup(['swarm', 'join-command'])).stdout).toMatch(
      /docker swarm join --token \S+ 10\./,
    );
  });

  it('runs a project as Compose would: texts, contents, the order of what depends on what', async () => {
    expect((await workspace.itsup(['plan', app])).all).toMatch(/web +create +new service/);
    const planned = await operations();
    expect(planned.map(({ id }) => id)).toEqual([
      ...['make-objects', 'start db', 'update', 'remove-old-objects'],
    ]);
    expect(planned.flatMap(({ after }) => after)).toEqual(['make-objects', 'start db', 'update']);
    succeeded(await deploy(app));
    expect(await stepsOfLast()).toEqual(planned.map(({ kind }) => STEPS[kind]));
    expect(await inside('web', 'cat', '/www/conf')).toBe('a $ b');
    expect(await inside('web', 'cat', '/www/key')).toBe('one');
    expect(await inside('web', 'cat', '/www/env')).toContain('PRICE=5$');
    const created = async (service: string): Promise<string> =>
      output('docker', ['inspect', '--format', '{{.Created}}', ...(await containers(app, service))]);
    expect((await created('db')) < (await created('web'))).toBe(true);
    expect((await workspace.itsup(['status', app])).all).toMatch(/web +1\/1 +up .* on /);
    expect((await workspace.itsup(['logs', app, 'db'])).exitCode).toBe(0);
  });

  it('does nothing where nothing changed', async () => {
    const before = [await containers(app, 'web'), await containers(app, 'db')];
    expect((await workspace.itsup(['plan', app])).all).toContain('1 stack without a change');
    succeeded(await deploy(app));
    expect([await containers(app, 'web'), await containers(app, 'db')]).toEqual(before);
  });

  it('rolls what changed and nothing else; a changed secret is a reason, and the old one stays for a while', async () => {
    const [db, web] = [await containers(app, 'db'), await containers(app, 'web')];
    await write({}, 'two');
    expect((await workspace.itsup(['plan', app])).all).toMatch(/web +rollout +secret key/);
    const planned = await operations();
    succeeded(await deploy(app));
    expect(await stepsOfLast()).toEqual(planned.map(({ kind }) => STEPS[kind]));
    expect(await containers(app, 'db')).toEqual(db);
    expect(await containers(app, 'web')).not.toEqual(web);
    expect(await inside('web', 'cat', '/www/key')).toBe('two');
    const secrets = (await output('docker', ['secret', 'ls', '--format', '{{.Name}}'])).split('\n');
    expect(secrets.filter((name) => name.startsWith(`${app}_key_`))).toHaveLength(2);
  });

  it('keeps what runs where the new one does not come up, and says why', async () => {
    const before = await containers(app, 'web');
    await write({ command: ['sh', '-c', 'echo no such luck; exit 3'] }, 'two');
    const { exitCode, all } = await deploy(app);
    expect(exitCode).not.toBe(0);
    expect(all).toContain('non-zero exit (3)');
    expect(all).toContain('no such luck');
    expect(await containers(app, 'web')).toEqual(before);
    await write({}, 'two');
    succeeded(await deploy(app));
    expect(await containers(app, 'web')).toEqual(before);
  });

  it('does not take on what it cannot run, and leaves everything as it is', async () => {
    const before = await containers(app, 'web');
    await write({ ports: ['127.0.0.1:8099:8080'] }, 'two');
    const { exitCode, all } = await deploy(app);
    expect(exitCode).not.toBe(0);
    expect(all).toContain('port 8099 on 127.0.0.1');
    expect(await containers(app, 'web')).toEqual(before);
    await write({}, 'two');
  });

  it('connects a consumer with its provider by a network of theirs, and with nothing else', async () => {
    succeeded(await deploy(app, client));
    const [ask = ''] = await containers(client, 'ask');
    const get = (host: string): Promise<string> =>
      output('docker', ['exec', ask, 'node', '-e', ASK, `http://${host}:8080/key`]);
    expect(await get('web')).toBe('two');
    await expect(get('db')).rejects.toThrow(/ENOTFOUND|EAI_AGAIN/);
  });

  it('goes, and leaves the data', async () => {
    succeeded(await workspace.itsup(['down', client]));
    succeeded(await workspace.itsup(['down', app]));
    expect(await output('docker', ['service', 'ls', '--quiet'])).toBe('');
    expect(await output('docker', ['secret', 'ls', '--quiet'])).toBe('');
    expect(await output('docker', ['volume', 'ls', '--format', '{{.Name}}'])).toContain(`${app}_data`);
    succeeded(await deploy(app));
    expect((await inside('db', 'cat', '/data/starts')).split('\n').length).toBeGreaterThan(1);
  });
});
