import { spawnSync } from 'node:child_process';
import { createDocker } from '../create-docker';
import type { DockerError } from '../fault/docker-error';
import { fakeDocker, rejection, removeFakes } from '../testing/fake-docker';

afterAll(removeFakes);

describe('a child', () => {
  it('has the given environment alone, and no value of it in its arguments', async () => {
    process.env['LEAK'] = 'of this process';
    const { docker, calls } = fakeDocker([{ match: 'config', stdout: 'web 1\n' }], { env: { HOME: '/h' } });
    await docker
      .compose({ project: 'shop', files: ['a.yml'], cwd: '/', env: { DB_PASSWORD: 'hunter22-long' } })
      .configHashes();
    delete process.env['LEAK'];
    const [call] = calls();
    expect(call?.env).toMatchObject({ HOME: '/h', DB_PASSWORD: 'hunter22-long' });
    expect(call?.env).not.toHaveProperty('LEAK');
    expect(call?.args.join(' ')).not.toContain('hunter22');
  });

  it('shows no value of its environment in progress and errors', async () => {
    const lines: string[] = [];
    const { docker } = fakeDocker(
      [{ match: ' up ', stderr: 'using hunter22-long\ncannot use hunter22-long\n', exit: 1 }],
      {
        onLine: (line) => lines.push(line),
      },
    );
    const stack = { project: 'shop', files: ['a.yml'], cwd: '/', env: { DB_PASSWORD: 'hunter22-long' } };
    const error = (await rejection(docker.compose(stack).up())) as DockerError;
    expect(lines).toEqual(['using ${DB_PASSWORD}', 'cannot use ${DB_PASSWORD}']);
    expect(error.message).toContain('cannot use ${DB_PASSWORD}');
    expect(JSON.stringify(error)).not.toContain('hunter22');
  });

  it('that does not exist is a missing docker; a missing folder is said as such', async () => {
    const docker = createDocker({ binary: 'no-such-docker', env: { PATH: process.env['PATH'] } });
    expect(await rejection(docker.listContainers())).toMatchObject({ code: 'docker-missing' });
    const stack = { project: 'shop', files: ['a.yml'], cwd: '/no/such/folder', env: {} };
    expect(await rejection(docker.compose(stack).configQuiet())).toMatchObject({
      message: expect.stringContaining('/no/such/folder does not exist') as string,
    });
  });

  it.each(['polite', 'deaf'] as const)(
    'is ended by the signal within three seconds (%s)',
    async (hang) => {
      const controller = new AbortController();
      let abortedAt = 0;
      const { docker } = fakeDocker([{ match: 'pull', hang, stdout: 'up\n' }], {
        signal: controller.signal,
        onLine: () => {
          abortedAt = performance.now();
          controller.abort();
        },
      });
      const image = `interrupted-${hang}-${process.pid}`;
      expect(await rejection(docker.pullImage(image))).toMatchObject({ code: 'interrupted' });
      expect(performance.now() - abortedAt).toBeLessThan(3000);
      expect(await rejection(docker.listContainers())).toMatchObject({ code: 'interrupted' });
      expect(spawnSync('pgrep', ['-f', `pull ${image}`], { encoding: 'utf8' }).stdout).toBe('');
    },
    15_000,
  );

  it('runs after an interrupt for a Docker without the signal', async () => {
    const { docker } = fakeDocker([{ match: 'ps' }], { signal: AbortSignal.abort() });
    expect(await docker.with({ signal: null }).listContainers()).toEqual([]);
  });

  it('that takes too long is ended', async () => {
    const { docker } = fakeDocker([{ match: 'exec', hang: 'polite' }]);
    expect(await rejection(docker.exec('a', ['x'], { timeoutSeconds: 0.3 }))).toMatchObject({
      code: 'timeout',
    });
  });
});

describe('a Compose pull that a registry refuses', () => {
  it('names the image, which Docker does not', async () => {
    const { docker } = fakeDocker([
      {
        match: ' pull',
        stderr: ' web Pulling \n web Error denied\nError response from daemon: denied\n',
        exit: 18,
      },
      { match: ' config', stdout: '{"name":"shop","services":{"web":{"image":"ghcr.io/acme/web:1"}}}' },
    ]);
    const stack = { project: 'shop', files: ['a.yml'], cwd: '/', env: {} };
    expect(await rejection(docker.compose(stack).pull())).toMatchObject({
      fault: { code: 'image-not-found', image: 'ghcr.io/acme/web:1', reason: 'denied' },
    });
  });
});

describe('the progress of Compose 5', () => {
  it('is told once where two lines that follow each other say the same', async () => {
    const lines: string[] = [];
    const { docker } = fakeDocker(
      [
        {
          match: ' up',
          stderr: ' Network a Creating \n Network a Creating \n Network a Created \n Network b Creating \n',
        },
      ],
      { onLine: (line) => lines.push(line) },
    );
    await docker.compose({ project: 'shop', files: ['a.yml'], cwd: '/', env: {} }).up();
    expect(lines).toEqual(['Network a Creating', 'Network a Created', 'Network b Creating']);
  });
});
