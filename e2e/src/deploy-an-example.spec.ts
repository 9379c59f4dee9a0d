import { parse, stringify } from 'yaml';

import { describeWithImages } from './harness/engine/describe-with';
import { containersOf, identityOf } from './harness/engine/engine';
import { http } from './harness/traffic/clients';
import { BUSYBOX, NODE } from './harness/engine/images';
import { succeeded } from './harness/run';
import { createWorkspace, type TestWorkspace } from './harness/workspace/workspace';

describeWithImages([BUSYBOX, NODE], 'deploying an example', () => {
  let workspace: TestWorkspace;

  beforeAll(async () => {
    workspace = await createWorkspace({ projects: ['website', 'shop', 'catalog'] });
    await Promise.all(['website', 'shop'].map(withoutRows));
  });
  afterAll(() => workspace.dispose());

  /**
   * A project with a row takes the proxy along, which is tried elsewhere: here the containers are asked by themselves.
   */
  async function withoutRows(folder: string): Promise<void> {
    const file = `projects/${workspace.name(folder)}/ingress.yml`;
    const { ingress: _rows, ...rest } = parse(await workspace.read(file)) as Record<string, unknown>;
    await workspace.write(file, stringify({ enabled: true, ...rest }));
  }

  async function ask(project: string, service: string): Promise<string> {
    const container = (await containersOf(project)).find((each) => each.service === service);
    const address = container?.addresses[`${project}_default`];
    if (address === undefined) throw new Error(`${project}'s ${service} is not on its default network`);
    return (await http({ address, port: 8080, host: 'localhost' })).body;
  }

  it('runs it, and a request to the container answers', async () => {
    const website = workspace.name('website');
    succeeded(await workspace.nx(['deploy', website]));
    expect(await containersOf(website)).toMatchObject([
      { service: 'web', status: 'running', health: 'healthy' },
    ]);
    expect(await ask(website, 'web')).toContain("It's up");
  });

  it('changes no container the second time', async () => {
    const website = workspace.name('website');
    const before = await identityOf(website);
    succeeded(await workspace.nx(['deploy', website]));
    expect(await identityOf(website)).toEqual(before);
  });

  it('deploys the provider first, and the consumer reaches it', async () => {
    succeeded(await workspace.nx(['deploy', workspace.name('shop')]));
    expect(await containersOf(workspace.name('catalog'))).toMatchObject([{ health: 'healthy' }]);
    expect(await ask(workspace.name('shop'), 'web')).toContain('Kettle');
  });

  it('deploys the others when an image can neither be found nor pulled, and fails with its name', async () => {
    const broken = workspace.name('broken');
    await workspace.write(
      `projects/${broken}/docker-compose.yml`,
      'services:\n  web:\n    image: nobody.invalid/has/this:1\n',
    );
    const other = workspace.name('other');
    await workspace.write(
      `projects/${other}/docker-compose.yml`,
      `services:\n  web:\n    image: ${BUSYBOX}\n    command: [sleep, '1000']\n    stop_signal: SIGKILL\n`,
    );
    const { exitCode, all } = await workspace.nx(['run-many', '-t', 'deploy', '--exclude', 'proxy']);
    expect(exitCode).toBe(1);
    // The name, and why it cannot be had.
    expect(all).toMatch(/nobody\.invalid\/has\/this:1.*(no such host|lookup|cannot be|could not)/);
    expect(await containersOf(broken)).toEqual([]);
    expect(await containersOf(other)).toMatchObject([{ service: 'web', status: 'running' }]);
    expect(await ask(workspace.name('shop'), 'web')).toContain('Kettle');
  });
});
