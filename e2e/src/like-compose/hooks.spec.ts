import { stringify } from 'yaml';
import { describeWithImages } from '../harness/engine/describe-with';
import { containersOf } from '../harness/engine/engine';
import { BUSYBOX } from '../harness/engine/images';
import { output, succeeded, type Run } from '../harness/run';
import { createWorkspace, type TestWorkspace } from '../harness/workspace/workspace';

/** Writes its own name and the service's version into a folder that all containers see. */
const note = (name: string): string[] => ['sh', '-c', `echo ${name} $$V $$(hostname) >>/notes/log`];

function services(value: string, more: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    web: {
      image: BUSYBOX,
      init: true,
      command: ['sleep', '600'],
      environment: { V: value },
      networks: ['default', 'back'],
      volumes: ['./notes:/notes'],
      'x-itsup': { rollout: true },
      pre_start: [{ command: note('pre_start') }, { command: note('second'), environment: { V: 'own' } }],
      post_start: [{ command: note('post_start') }],
      pre_stop: [{ command: note('pre_stop') }],
      ...more,
    },
  };
}

describeWithImages([BUSYBOX], 'hooks of a service', () => {
  let workspace: TestWorkspace;
  let project: string;
  let known: boolean;

  beforeAll(async () => {
    workspace = await createWorkspace();
    project = workspace.name('hooks');
    const [major = 0, minor = 0] = (await output('docker', ['compose', 'version', '--short']))
      .replace(/^v/, '')
      .split('.')
      .map(Number);
    known = major > 5 || (major === 5 && minor >= 3);
  });
  afterAll(() => workspace.dispose());

  const write = (value: string, more: Record<string, unknown> = {}): Promise<void> =>
    workspace.write(
      `projects/${project}/docker-compose.yml`,
      stringify({ services: services(value, more), networks: { back: {} } }),
    );
  const deploy = (): Promise<Run> => workspace.nx(['deploy', project, '--outputStyle=static']);

  /** What the hooks wrote since the last time, without the names of the containers. */
  async function notes(): Promise<string[]> {
    const file = `projects/${project}/notes/log`;
    const lines = (await workspace.read(file)).trim().split('\n');
    await workspace.write(file, '');
    return lines.map((line) => line.split(' ').slice(0, 2).join(' '));
  }

  it('run around a start, before a rollout and at its end; one that fails touches nothing', async () => {
    await write('1');
    await workspace.write(`projects/${project}/notes/log`, '');
    const first = await deploy();
    if (!known) {
      expect(first.exitCode).not.toBe(0);
      expect(first.all).toMatch(
        /(?:pre_start|post_start|pre_stop) is known to Docker Compose from (?:5\.3|2\.30) on/,
      );
      return;
    }
    succeeded(first);
    expect(await notes()).toEqual(['pre_start 1', 'second own', 'post_start 1']);
    const [before] = await containersOf(project);

    await write('2');
    const plan = succeeded(await workspace.itsup(['plan', project])).all;
    expect(plan).toMatch(/web +rollout +environment V; runs pre_start \(2\), post_start, pre_stop/);
    succeeded(await deploy());
    expect(await notes()).toEqual(['pre_start 2', 'second own', 'post_start 2', 'pre_stop 1']);
    const after = await containersOf(project);
    expect(after.map(({ id }) => id)).not.toContain(before?.id);
    expect(after).toHaveLength(1);

    await write('3', { pre_start: [{ command: ['sh', '-c', 'echo the schema is too old; exit 4'] }] });
    const failed = await deploy();
    expect(failed.exitCode).toBe(1);
    expect(failed.all).toContain('pre_start of web exited with 4');
    expect(failed.all).toContain('the schema is too old');
    expect(await containersOf(project)).toEqual(after);
    expect((await workspace.read(`projects/${project}/notes/log`)).trim()).toBe('');
  });

  it('run around the recreation of what cannot be rolled, and the old one comes back where one fails', async () => {
    if (!known) return;
    const recreated = { 'x-itsup': { rollout: false } };
    await write('4', recreated);
    succeeded(await deploy());
    await notes();
    await write('5', recreated);
    succeeded(await deploy());
    expect(await notes()).toEqual(['pre_stop 4', 'pre_start 5', 'second own', 'post_start 5']);

    await write('6', { ...recreated, pre_start: [{ command: ['false'] }] });
    const failed = await deploy();
    expect(failed.exitCode).toBe(1);
    const [back] = await containersOf(project);
    expect(back?.status).toBe('running');
    expect(await output('docker', ['inspect', '--format', '{{.Config.Env}}', back?.id ?? ''])).toContain(
      'V=5',
    );
  });

  it('takes no container that a hook left behind for one of the service', async () => {
    if (!known) return;
    await write('7');
    succeeded(await deploy());
    const labels = { project, service: 'web', hook: 'pre_start' };
    const args = Object.entries(labels).flatMap(([key, value]) => [
      '--label',
      `com.docker.compose.${key}=${value}`,
    ]);
    const id = (await output('docker', ['create', ...args, BUSYBOX, 'true'])).trim();
    try {
      expect(succeeded(await workspace.itsup(['plan', project])).all).toContain('1 stack without a change');
    } finally {
      await output('docker', ['rm', id]);
    }
  });

  it('run before the stop when the project is taken down', async () => {
    if (!known) return;
    await notes();
    succeeded(await workspace.nx(['run', `${project}:down`]));
    expect(await notes()).toEqual(['pre_stop 7']);
  });
});
