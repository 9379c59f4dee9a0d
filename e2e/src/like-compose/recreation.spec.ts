import { createServer, type Server } from 'node:net';
import { stringify } from 'yaml';
import { describeWithImages } from '../harness/engine/describe-with';
import { containersOf, type ContainerState } from '../harness/engine/engine';
import { BUSYBOX } from '../harness/engine/images';
import { freePorts } from '../harness/traffic/ports';
import { output, succeeded, type Run } from '../harness/run';
import { createWorkspace, type TestWorkspace } from '../harness/workspace/workspace';

describeWithImages([BUSYBOX], 'a recreation that cannot end well', () => {
  let workspace: TestWorkspace;
  let project: string;
  let port: number;
  let other: number;

  beforeAll(async () => {
    workspace = await createWorkspace();
    project = workspace.name('app');
    [port = 0, other = 0] = await freePorts(2);
    await write({});
    succeeded(await deploy());
  });
  afterAll(() => workspace.dispose());

  /** A service with a published port, an anonymous volume and a second network, and one that uses its network. */
  const write = (change: Record<string, unknown>): Promise<void> =>
    workspace.write(
      `projects/${project}/docker-compose.yml`,
      stringify({
        services: {
          web: {
            image: BUSYBOX,
            init: true,
            command: ['sleep', '600'],
            ports: [`${port}:80`],
            volumes: ['/kept'],
            networks: { default: null, back: { aliases: ['www'] } },
            configs: [{ source: 'words', target: '/etc/app/words', mode: 0o440 }],
            ...change,
          },
          side: { image: BUSYBOX, init: true, command: ['sleep', '600'], network_mode: 'service:web' },
        },
        networks: { back: {} },
        configs: { words: { content: 'of a config' } },
      }),
    );
  const deploy = (): Promise<Run> => workspace.nx(['deploy', project, '--outputStyle=static']);
  const service = async (name: string): Promise<ContainerState> => {
    const found = (await containersOf(project)).find((one) => one.service === name);
    if (found === undefined) throw new Error(`there is no ${name}`);
    return found;
  };

  it('touches nothing where somebody else has a port that it is to publish', async () => {
    const before = await containersOf(project);
    const listener = await listen(other);
    try {
      await write({ ports: [`${other}:80`] });
      const failed = await deploy();
      expect(failed.exitCode).toBe(1);
      expect(failed.all).toMatch(new RegExp(`port ${other}/tcp that web publishes is taken`));
      expect(await containersOf(project)).toEqual(before);
    } finally {
      listener.close();
    }
  });

  it.each([
    ['does not start', { command: ['/no/such/command'] }],
    ['ends at once', { command: ['sh', '-c', 'exit 3'] }],
  ])('has the old container back where the new one %s', async (_title, change) => {
    await write({});
    succeeded(await deploy());
    await output('docker', ['exec', (await service('web')).id, 'sh', '-c', 'echo mine >/kept/file']);
    await write(change);
    const failed = await deploy();
    expect(failed.exitCode).toBe(1);
    expect(failed.all).toMatch(/web: \S+-web-1 runs again as before/);
    const web = await service('web');
    expect([web.name, web.status]).toEqual([`${project}-web-1`, 'running']);
    expect(Object.keys(web.addresses).sort()).toEqual([`${project}_back`, `${project}_default`]);
    expect((await output('docker', ['exec', web.id, 'cat', '/kept/file'])).trim()).toBe('mine');
    expect(await output('docker', ['port', web.id])).toContain(String(port));
    // Compose writes it into a container that it has made: no mount tells of it.
    const words = ['exec', web.id, 'sh', '-c', 'stat -c %a /etc/app/words; cat /etc/app/words'];
    expect((await output('docker', words)).trim()).toBe('440\nof a config');
    const side = await service('side');
    expect(side.status).toBe('running');
    const mode = await output('docker', ['inspect', '--format', '{{.HostConfig.NetworkMode}}', side.id]);
    expect(mode.trim()).toBe(`container:${web.id}`);

    await write({});
    succeeded(await deploy());
    expect(succeeded(await workspace.itsup(['plan', project])).all).toContain('1 stack without a change');
  });
});

function listen(port: number): Promise<Server> {
  const server = createServer();
  return new Promise((resolve) => server.listen(port, '0.0.0.0', () => resolve(server)));
}
