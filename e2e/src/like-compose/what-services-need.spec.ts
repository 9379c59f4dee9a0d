import { stringify } from 'yaml';
import { describeWithImages } from '../harness/engine/describe-with';
import { BUSYBOX } from '../harness/engine/images';
import { output, succeeded, type Run } from '../harness/run';
import { createWorkspace, type TestWorkspace } from '../harness/workspace/workspace';

type Services = Record<string, Record<string, unknown>>;

const SLEEP = { image: BUSYBOX, init: true, command: ['sleep', '600'] };
/** Two of it cannot run side by side. */
const EXCLUSIVE = { ...SLEEP, volumes: ['data:/data'] };

interface Container {
  id: string;
  startedAt: string;
  finishedAt: string;
  running: boolean;
  exitCode: number;
}

describeWithImages([BUSYBOX], 'what services need of each other', () => {
  let workspace: TestWorkspace;
  beforeAll(async () => {
    workspace = await createWorkspace();
  });
  afterAll(() => workspace.dispose());

  async function write(
    name: string,
    services: Services,
    more: Record<string, unknown> = {},
  ): Promise<string> {
    const project = workspace.name(name);
    await workspace.write(
      `projects/${project}/docker-compose.yml`,
      stringify({ services, volumes: { data: {} }, ...more }),
    );
    return project;
  }

  const deploy = (project: string): Promise<Run> => workspace.nx(['deploy', project, '--outputStyle=static']);
  const plan = async (project: string): Promise<string> =>
    succeeded(await workspace.itsup(['plan', project])).all;

  async function container(project: string, service: string): Promise<Container> {
    const labels = ['project', 'service'].map(
      (key, index) => `label=com.docker.compose.${key}=${[project, service][index]}`,
    );
    const ids = await output('docker', [
      'ps',
      '-aq',
      '--no-trunc',
      ...labels.flatMap((label) => ['--filter', label]),
    ]);
    const text = await output('docker', ['inspect', '--format', '{{json .}}', ids.trim()]);
    const { Id, State } = JSON.parse(text) as {
      Id: string;
      State: { StartedAt: string; FinishedAt: string; Running: boolean; ExitCode: number };
    };
    const { StartedAt, FinishedAt, Running, ExitCode } = State;
    return { id: Id, startedAt: StartedAt, finishedAt: FinishedAt, running: Running, exitCode: ExitCode };
  }

  it('waits for a one-shot to complete, and keeps the old version where it fails', async () => {
    const version = (value: string, script: string): Services => ({
      migrate: { image: BUSYBOX, command: ['sh', '-c', script], environment: { V: value } },
      web: {
        ...SLEEP,
        environment: { V: value },
        depends_on: { migrate: { condition: 'service_completed_successfully' } },
      },
    });
    const project = await write('oneshot', version('1', 'sleep 2'));
    succeeded(await deploy(project));
    const first = await container(project, 'web');
    expect(first.startedAt > (await container(project, 'migrate')).finishedAt).toBe(true);

    await write('oneshot', version('2', 'sleep 2; exit 5'));
    const failed = await deploy(project);
    expect(failed.exitCode).toBe(1);
    expect(failed.all).toContain('did not complete successfully');
    expect(await container(project, 'web')).toEqual(first);

    await write('oneshot', version('3', 'sleep 2'));
    succeeded(await deploy(project));
    const after = await container(project, 'web');
    expect(after.id).not.toBe(first.id);
    expect(after.startedAt > (await container(project, 'migrate')).finishedAt).toBe(true);
  });

  it('runs a one-shot again before what waits for it is replaced', async () => {
    const services = (value: string): Services => ({
      migrate: { image: BUSYBOX, command: ['true'] },
      web: {
        ...SLEEP,
        environment: { V: value },
        depends_on: { migrate: { condition: 'service_completed_successfully' } },
      },
    });
    const project = await write('again', services('1'));
    succeeded(await deploy(project));
    const before = await container(project, 'migrate');
    expect((await deploy(project)).all).not.toMatch(/migrate/);
    await write('again', services('2'));
    succeeded(await deploy(project));
    const after = await container(project, 'migrate');
    expect(after.id).toBe(before.id);
    expect(after.startedAt > before.startedAt).toBe(true);
    expect((await container(project, 'web')).startedAt > after.finishedAt).toBe(true);
  });

  it('refuses to wait for the health of what has no health check, as Compose does', async () => {
    const project = await write('unchecked', {
      db: SLEEP,
      web: { ...SLEEP, depends_on: { db: { condition: 'service_healthy' } } },
    });
    const failed = await deploy(project);
    expect(failed.exitCode).toBe(1);
    expect(failed.all).toContain('has no health check');
  });

  it('goes on without what is not required, and fails in the end', async () => {
    const project = await write('optional', {
      extra: { image: BUSYBOX, command: ['sh', '-c', 'exit 3'] },
      web: {
        ...SLEEP,
        depends_on: { extra: { condition: 'service_completed_successfully', required: false } },
      },
    });
    const failed = await deploy(project);
    expect(failed.exitCode).toBe(1);
    expect((await container(project, 'web')).running).toBe(true);
  });

  it('restarts who asked for it when what it depends on is replaced', async () => {
    const services = (value: string): Services => ({
      db: { ...EXCLUSIVE, environment: { V: value } },
      worker: { ...EXCLUSIVE, depends_on: { db: { condition: 'service_started', restart: true } } },
      other: { ...EXCLUSIVE, depends_on: ['db'] },
    });
    const project = await write('restart', services('1'));
    succeeded(await deploy(project));
    const [worker, other] = [await container(project, 'worker'), await container(project, 'other')];
    await write('restart', services('2'));
    expect(await plan(project)).toMatch(/worker +restart +db is replaced \(depends_on, restart: true\)/);
    succeeded(await deploy(project));
    const after = await container(project, 'worker');
    expect(after.id).toBe(worker.id);
    expect(after.running).toBe(true);
    expect(after.startedAt > (await container(project, 'db')).startedAt).toBe(true);
    expect(await container(project, 'other')).toEqual(other);
    expect(await plan(project)).toContain('1 stack without a change');
  });

  it('replaces what hangs on a container with it, and sees where one was left on a dead one', async () => {
    const services = (value: string): Services => ({
      vpn: { ...SLEEP, environment: { V: value } },
      fetcher: { ...SLEEP, network_mode: 'service:vpn' },
    });
    const modeOf = async (project: string): Promise<string> => {
      const { id } = await container(project, 'fetcher');
      return (await output('docker', ['inspect', '--format', '{{.HostConfig.NetworkMode}}', id])).trim();
    };
    const project = await write('vpn', services('1'));
    succeeded(await deploy(project));
    expect(await modeOf(project)).toBe(`container:${(await container(project, 'vpn')).id}`);
    expect(await plan(project)).toContain('1 stack without a change');

    await write('vpn', services('2'));
    expect(await plan(project)).toMatch(/fetcher +recreate +uses the network of vpn, which is replaced/);
    succeeded(await deploy(project));
    expect(await modeOf(project)).toBe(`container:${(await container(project, 'vpn')).id}`);

    await output('docker', ['rm', '--force', (await container(project, 'vpn')).id]);
    expect(await plan(project)).toMatch(/fetcher +recreate/);
    succeeded(await deploy(project));
    expect(await modeOf(project)).toBe(`container:${(await container(project, 'vpn')).id}`);
    expect(await plan(project)).toContain('1 stack without a change');
  });

  it('makes a network with changed options anew, with the same containers on it', async () => {
    const services: Services = {
      web: { ...SLEEP, networks: { back: { aliases: ['www'] }, default: null } },
      other: SLEEP,
    };
    const networks = (back: object): Record<string, unknown> => ({
      networks: { back: { ipam: { config: [{ subnet: '10.98.7.0/24' }] }, ...back } },
    });
    const project = await write('network', services, networks({}));
    succeeded(await deploy(project));
    // Of another project, which the first one's deploys do not touch.
    const guest = await write(
      'guest',
      { store: { ...SLEEP, networks: { back: { aliases: ['depot'], ipv4_address: '10.98.7.77' } } } },
      { networks: { back: { external: true, name: `${project}_back` } } },
    );
    succeeded(await deploy(guest));
    const store = await container(guest, 'store');
    const before = await container(project, 'web');
    const other = await container(project, 'other');
    const internalOf = async (): Promise<string> =>
      (await output('docker', ['network', 'inspect', '--format', '{{.Internal}}', `${project}_back`])).trim();
    expect(await internalOf()).toBe('false');

    await write('network', services, networks({ internal: true }));
    expect(await plan(project)).toMatch(
      new RegExp(
        `network +recreate +${project}_back: internal false → true; stops web meanwhile; takes ${guest}-store-1 off it`,
      ),
    );
    succeeded(await deploy(project));
    expect(await internalOf()).toBe('true');
    const after = await container(project, 'web');
    expect([after.id, after.running]).toEqual([before.id, true]);
    expect(await container(project, 'other')).toEqual(other);
    const resolved = await output('docker', ['exec', after.id, 'nslookup', '-type=a', 'www']);
    expect(resolved).toContain('Address');
    expect(await container(guest, 'store')).toEqual(store);
    for (const name of ['store', 'depot'])
      expect(await output('docker', ['exec', after.id, 'nslookup', '-type=a', name])).toContain('10.98.7.77');
    expect(await plan(project)).toContain('1 stack without a change');
    expect(await plan(guest)).toContain('1 stack without a change');
  });
});
