import { stringify } from 'yaml';

import { describeOnOwnSwarm } from '../harness/engine/describe-with';
import { BUSYBOX, PROXY_IMAGES } from '../harness/engine/images';
import { eventually } from '../harness/eventually';
import { output, succeeded, type Run } from '../harness/run';
import { http } from '../harness/traffic/clients';
import { newestRecord } from '../harness/workspace/newest-record';
import { createWorkspace, type TestWorkspace } from '../harness/workspace/workspace';
import { containersOfService, DEPLOY_MS, endSwarm, makeSwarm } from './own-swarm';

/** Its page is its version and what its secret says. */
const SERVER =
  'mkdir -p /www && echo "$VERSION $(cat /run/secrets/key)" > /www/index.html && exec httpd -f -p 8080 -h /www';

describeOnOwnSwarm([BUSYBOX, ...PROXY_IMAGES], 'commands on a swarm of one', () => {
  let workspace: TestWorkspace;
  let app: string;
  let other: string;

  beforeAll(async () => {
    workspace = await createWorkspace({ settings: { engine: 'swarm' } });
    app = workspace.name('app');
    other = workspace.name('other');
    await makeSwarm(workspace);
  });
  afterAll(async () => {
    await workspace?.itsup(['down', app]);
    await workspace?.dispose();
    await endSwarm();
  });

  async function write(
    version: string,
    domain: string,
    {
      project = app,
      key = 'one',
      ...web
    }: { project?: string; key?: string; [member: string]: unknown } = {},
  ): Promise<void> {
    const service = {
      ...{
        image: BUSYBOX,
        init: true,
        restart: 'always',
        command: ['sh', '-c', SERVER.replaceAll('$', '$$$$')],
      },
      ...{ environment: { VERSION: version }, secrets: ['key'], stop_grace_period: '1s' },
      healthcheck: {
        test: ['CMD', 'wget', '-q', '-O', '/dev/null', 'http://127.0.0.1:8080'],
        ...{ interval: '1s', timeout: '60s', retries: 10 },
      },
      ...web,
    };
    const compose = { services: { web: service }, secrets: { key: { file: './key' } } };
    await workspace.write(`projects/${project}/key`, key);
    await workspace.write(`projects/${project}/docker-compose.yml`, stringify(compose));
    const ingress = [{ service: 'web', domain, port: 8080 }];
    await workspace.write(`projects/${project}/ingress.yml`, stringify({ ingress }));
  }

  const itsup = (...words: string[]): Promise<Run> => workspace.itsup(words, { timeoutMs: DEPLOY_MS });

  const ask = async (host: string): Promise<string> => {
    const { status, body } = await http({ port: workspace.ports.webSecure, tls: true, host });
    return `${status} ${body.trim()}`;
  };

  it('rollback: nothing to go back to before there were two deploys', async () => {
    await write('one', 'one.localhost');
    succeeded(await itsup('deploy'));
    await eventually(async () => expect(await ask('one.localhost')).toBe('200 one one'));
    const { exitCode, all } = await itsup('rollback', app);
    expect(exitCode).toBe(1);
    expect(all).toContain('has no earlier deploy to go back to');
  });

  it('rollback: definition and rows of before, secrets of today; the next deploy goes forward again', async () => {
    await write('two', 'two.localhost', { key: 'second' });
    succeeded(await itsup('deploy', app));
    await eventually(async () => expect(await ask('two.localhost')).toBe('200 two second'));
    succeeded(await itsup('rollback', app));
    await eventually(async () => expect(await ask('one.localhost')).toBe('200 one second'));
    expect(await ask('two.localhost')).toContain('404');
    expect(await newestRecord(workspace.state, app)).toMatchObject({
      command: 'rollback',
      outcome: 'deployed',
    });
    expect((await itsup('plan', app)).all).toMatch(/web +rollout +.*environment VERSION/);
    succeeded(await itsup('deploy', app));
    await eventually(async () => expect(await ask('two.localhost')).toBe('200 two second'));
  });

  it('history: what was done, newest first', async () => {
    const { stdout } = await itsup('history', app);
    expect(stdout.match(/(deploy|rollback): \w+/g)).toEqual([
      ...['deploy: deployed', 'rollback: deployed', 'deploy: deployed', 'deploy: deployed'],
    ]);
    expect(stdout).toContain('runs now');
  });

  it('status: tasks with their machine, the proxy beside them', async () => {
    const { all } = await itsup('status');
    expect(all).toMatch(/web +1\/1 +up .* on /);
    expect(all).toMatch(/traefik +1\/1/);
  });

  it('logs: what tasks print, and a word for a service that there is not', async () => {
    await write('two', 'two.localhost', {
      key: 'second',
      command: ['sh', '-c', `echo 'I am here'; ${SERVER.replaceAll('$', '$$$$')}`],
    });
    succeeded(await itsup('deploy', app));
    await eventually(async () => expect((await itsup('logs', app, 'web')).all).toContain('I am here'));
    const { exitCode, all } = await itsup('logs', app, 'wob');
    expect(exitCode).toBe(1);
    expect(all).toContain('did you mean web?');
  });

  it('a task that finds no place: the deploy says which it asks for, and what served serves', async () => {
    const before = await containersOfService(app, 'web');
    await write('three', 'two.localhost', {
      key: 'second',
      deploy: { placement: { constraints: ['node.labels.floor == third'] } },
    });
    const { exitCode, all } = await itsup('deploy', app);
    expect(exitCode).toBe(1);
    expect(all).toContain('no suitable node');
    expect(await containersOfService(app, 'web')).toEqual(before);
    expect(await ask('two.localhost')).toBe('200 two second');
    expect((await itsup('status', app)).all).toMatch(/web/);
  });

  it('an update that the file lets pause: the deploy fails with the task’s error and its last lines', async () => {
    await write('three', 'two.localhost', {
      ...{ key: 'second', command: ['sh', '-c', 'echo no such luck; exit 3'] },
      deploy: { update_config: { failure_action: 'pause' } },
    });
    const { exitCode, all } = await itsup('deploy', app);
    expect(exitCode).toBe(1);
    expect(all).toContain('non-zero exit (3)');
    expect(all).toContain('no such luck');
    await write('three', 'two.localhost', { key: 'second' });
    succeeded(await itsup('deploy', app));
    await eventually(async () => expect(await ask('two.localhost')).toBe('200 three second'));
  });

  it('prune: a stack whose folder is gone, with its network and secrets, and nothing else', async () => {
    await write('other', 'other.localhost', { project: other });
    succeeded(await itsup('deploy', other));
    await workspace.remove(`projects/${other}`);
    expect((await itsup('status')).all).toMatch(new RegExp(`${other}.*orphan|orphan.*${other}`));
    succeeded(await itsup('prune'));
    expect(await output('docker', ['service', 'ls', '--format', '{{.Name}}'])).toBe(`${app}_web`);
    expect(await output('docker', ['network', 'ls', '--format', '{{.Name}}'])).not.toContain(other);
    expect(await output('docker', ['secret', 'ls', '--format', '{{.Name}}'])).not.toContain(other);
    expect(await ask('two.localhost')).toBe('200 three second');
  });

  it.each([
    ['restart', ['restart', 'APP']],
    ['maintenance', ['maintenance', 'APP', 'on']],
    ['explain', ['explain', 'APP']],
    ['images', ['images', 'lock']],
    ['svc', ['svc', 'APP', 'ps']],
  ])('%s: refused at the line that says `engine: swarm`, and nothing is touched', async (_command, words) => {
    const before = await containersOfService(app, 'web');
    const { exitCode, all } = await itsup(...words.map((word) => (word === 'APP' ? app : word)));
    expect(exitCode).not.toBe(0);
    expect(all).toMatch(/projects\/itsup\.yml:\d+/);
    expect(all).toContain('`engine: compose` alone');
    expect(await containersOfService(app, 'web')).toEqual(before);
  });
});
