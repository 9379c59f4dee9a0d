import { stringify } from 'yaml';
import { describeWithImages } from '../harness/engine/describe-with';
import { containersOf, identityOf, type ContainerState } from '../harness/engine/engine';
import { BUSYBOX } from '../harness/engine/images';
import { output, run, succeeded, type Run } from '../harness/run';
import { createWorkspace, type TestWorkspace } from '../harness/workspace/workspace';

/** Answers with its environment and its mounted file, and says whether it does. */
const SERVER = 'mkdir /www && env > /www/env && cp /etc/app.conf /www/conf && exec httpd -f -p 8080 -h /www';

describeWithImages([BUSYBOX], 'deploying a change', () => {
  let workspace: TestWorkspace;
  let app: string;

  beforeAll(async () => {
    workspace = await createWorkspace();
    app = workspace.name('app');
    await workspace.write(`projects/${app}/app.conf`, 'first\n');
    await write();
    succeeded(await deploy());
  });
  afterAll(() => workspace.dispose());

  /** The project's Compose file, with some of it changed. */
  async function write(
    web: Record<string, unknown> = {},
    others: Record<string, unknown> = {},
  ): Promise<void> {
    const compose = {
      services: {
        web: {
          image: BUSYBOX,
          command: ['sh', '-c', SERVER],
          environment: { LEVEL: '${LEVEL:-info}' },
          volumes: ['./app.conf:/etc/app.conf:ro'],
          stop_signal: 'SIGKILL',
          healthcheck: {
            test: ['CMD', 'wget', '-q', '-O', '/dev/null', 'http://127.0.0.1:8080/env'],
            interval: '1s',
            timeout: '2s',
            retries: 3,
          },
          ...web,
        },
        store: {
          image: BUSYBOX,
          command: ['sleep', '1000000'],
          stop_signal: 'SIGKILL',
          volumes: ['data:/data'],
        },
        ...others,
      },
      volumes: { data: {} },
    };
    await workspace.write(`projects/${app}/docker-compose.yml`, stringify(compose));
  }

  function deploy(...flags: string[]): Promise<Run> {
    return workspace.itsup(['apply', app, ...flags]);
  }

  async function one(service: string): Promise<ContainerState> {
    const found = (await containersOf(app)).filter((container) => container.service === service);
    if (found.length !== 1 || found[0] === undefined)
      throw new Error(`${found.length} containers of ${service}`);
    return found[0];
  }

  async function served(file: string): Promise<string> {
    return output('docker', ['exec', (await one('web')).id, 'cat', `/www/${file}`]);
  }

  async function plan(): Promise<string> {
    return succeeded(await workspace.itsup(['plan', app])).stdout;
  }

  it('that is none changes nothing', async () => {
    const before = await identityOf(app);
    expect(await plan()).not.toMatch(/rollout|recreate/);
    succeeded(await deploy());
    expect(await identityOf(app)).toEqual(before);
  });

  it('of a .env file that Git ignores rolls the service that uses it, and no other', async () => {
    const [web, store] = [await one('web'), await one('store')];
    await workspace.write(`projects/${app}/.env`, 'LEVEL=debug-by-dotenv\n');
    expect(await plan()).toMatch(/web +rollout +environment LEVEL/);
    succeeded(await deploy());
    expect((await one('web')).id).not.toBe(web.id);
    expect(await one('store')).toEqual(store);
    expect(await served('env')).toContain('LEVEL=debug-by-dotenv');
  });

  it('of a secret rolls the service, and no output holds its value', async () => {
    await workspace.write(`secrets/${app}.env`, 'LEVEL=correct-horse-battery\n');
    const { all } = succeeded(await deploy());
    expect(await served('env')).toContain('LEVEL=correct-horse-battery');
    expect(all + (await plan())).not.toContain('correct-horse');
    const leaked = await run('grep', ['-rl', 'correct-horse', workspace.state]);
    expect(leaked.stdout).toBe('');
  });

  it('of the content of a mounted file is noticed', async () => {
    await workspace.write(`projects/${app}/app.conf`, 'second\n');
    expect(await plan()).toMatch(/web +rollout +file /);
    succeeded(await deploy());
    expect(await served('conf')).toBe('second');
  });

  it('of a service with a writable volume recreates it and says why', async () => {
    const before = await one('store');
    await write(
      {},
      {
        store: {
          image: BUSYBOX,
          command: ['sleep', '2000000'],
          stop_signal: 'SIGKILL',
          volumes: ['data:/data'],
        },
      },
    );
    expect(await plan()).toMatch(/store +recreate +command; not rolled: volume data is writable/);
    succeeded(await deploy());
    expect((await one('store')).id).not.toBe(before.id);
    await write();
    succeeded(await deploy());
  });

  it('of the image behind a tag is noticed', async () => {
    const image = `${workspace.prefix}image`;
    const tag = async (level: string): Promise<void> => {
      const made = await output('docker', ['create', BUSYBOX, 'true']);
      await output('docker', ['commit', '--change', `LABEL level=${level}`, made, image]);
      await output('docker', ['rm', made]);
    };
    await tag('one');
    await write({ image });
    succeeded(await deploy());
    const before = await one('web');
    await tag('two');
    expect(await plan()).toMatch(/web +rollout +image /);
    succeeded(await deploy());
    expect((await one('web')).image).not.toBe(before.image);
    await write();
    succeeded(await deploy());
  });

  it('that never becomes healthy fails, and the old version keeps serving', async () => {
    const before = await identityOf(app);
    await write({ command: ['sh', '-c', 'echo cannot find my database; sleep 1000'] });
    const { exitCode, all } = await deploy();
    expect(exitCode).toBe(1);
    expect(all).toContain('cannot find my database');
    expect(await identityOf(app)).toEqual(before);
  });

  it('that exits at once fails early, and the old version keeps serving', async () => {
    const before = await identityOf(app);
    await write({ command: ['sh', '-c', 'echo no such option; exit 3'] });
    const { exitCode, all } = await deploy();
    expect(exitCode).toBe(1);
    expect(all).toMatch(/no such option/);
    expect(await identityOf(app)).toEqual(before);
  });

  it('to an image that is nowhere fails with its name, and touches nothing', async () => {
    const before = await identityOf(app);
    await write({ image: 'nobody.invalid/has/this:1' });
    const { exitCode, all } = await deploy();
    expect(exitCode).toBe(1);
    expect(all).toContain('nobody.invalid/has/this:1');
    expect(await identityOf(app)).toEqual(before);
  });

  it('that lacks a variable fails with every name, before anything starts', async () => {
    const before = await identityOf(app);
    await write({ environment: { A: '${FIRST_KEY:?of the mail server}', B: '${SECOND_KEY:?}' } });
    const { exitCode, all } = await deploy();
    expect(exitCode).toBe(1);
    expect(all).toMatch(/FIRST_KEY: of the mail server[\s\S]*SECOND_KEY/);
    expect(await identityOf(app)).toEqual(before);
  });

  it('is taken back by a rollback', async () => {
    await write({ environment: { LEVEL: 'good' } });
    succeeded(await deploy());
    await write({ environment: { LEVEL: 'bad' } });
    succeeded(await deploy());
    expect(await served('env')).toContain('LEVEL=bad');
    succeeded(await workspace.itsup(['rollback', app]));
    expect(await served('env')).toContain('LEVEL=good');
    // The sources have not changed, so a deploy goes forward again.
    expect(await plan()).toMatch(/web +rollout +environment LEVEL/);
    succeeded(await deploy());
    expect(await served('env')).toContain('LEVEL=bad');
  });

  it('that takes a service away removes it, and its volume stays', async () => {
    const compose = {
      services: { web: { image: BUSYBOX, command: ['sleep', '1000'], stop_signal: 'SIGKILL' } },
    };
    await workspace.write(`projects/${app}/docker-compose.yml`, stringify(compose));
    expect(await plan()).toMatch(/store +remove +no longer in the Compose file/);
    succeeded(await deploy());
    expect((await containersOf(app)).map(({ service }) => service)).toEqual(['web']);
    expect(await output('docker', ['volume', 'ls', '--quiet'])).toContain(`${app}_data`);
  });

  it('from a second checkout is refused', async () => {
    const before = await identityOf(app);
    const second = await createWorkspace({ like: workspace });
    try {
      const { exitCode, all } = await second.itsup(['deploy', 'proxy'], {
        env: { ITSUP_STATE: workspace.state },
      });
      expect(exitCode).toBe(1);
      expect(all).toContain(`deployed from ${workspace.root}`);
    } finally {
      await second.discard();
    }
    expect(await identityOf(app)).toEqual(before);
  });

  it('to enabled: false takes the stack down', async () => {
    await workspace.write(`projects/${app}/ingress.yml`, 'enabled: false\n');
    succeeded(await deploy());
    expect(await containersOf(app)).toEqual([]);
    await workspace.write(`projects/${app}/ingress.yml`, 'enabled: true\n');
    succeeded(await deploy());
    expect(await containersOf(app)).toMatchObject([{ service: 'web', status: 'running' }]);
  });

  it('that removes the folder changes nothing until it is pruned', async () => {
    const before = await identityOf(app);
    await workspace.remove(`projects/${app}`);
    const other = workspace.name('other');
    const compose = {
      services: { web: { image: BUSYBOX, command: ['sleep', '1000'], stop_signal: 'SIGKILL' } },
    };
    await workspace.write(`projects/${other}/docker-compose.yml`, stringify(compose));
    expect(succeeded(await workspace.itsup(['apply', other])).all).toContain(app);
    expect(await identityOf(app)).toEqual(before);
    succeeded(await workspace.itsup(['prune']));
    expect(await containersOf(app)).toEqual([]);
    expect(await containersOf(other)).toHaveLength(1);
  });
});
