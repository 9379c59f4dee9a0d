import { stringify } from 'yaml';

import { backendService, backendsListening, buildBackend } from '../harness/traffic/backend';
import { describeWithProxy } from '../harness/engine/describe-with';
import { containersOf, identityOf } from '../harness/engine/engine';
import { eventually } from '../harness/eventually';
import { NODE } from '../harness/engine/images';
import { output, succeeded, type Run } from '../harness/run';
import { createWorkspace, type TestWorkspace } from '../harness/workspace/workspace';

const COUNT = 10;

describeWithProxy([NODE], 'living with ten projects', () => {
  let workspace: TestWorkspace;
  let image: string;
  const names = Array.from({ length: COUNT }, (_, index) => `app${index}`);
  const itsup = (...args: string[]): Promise<Run> => workspace.itsup(args);
  const app = (index: number): string => workspace.name(`app${index}`);

  beforeAll(async () => {
    workspace = await createWorkspace();
    image = await buildBackend(workspace.prefix);
    for (const name of names) await write(name);
    await workspace.commit('Add ten projects');
    succeeded(await workspace.itsup(['deploy'], { timeoutMs: 200_000 }));
    await backendsListening(names.map(workspace.name));
  });
  afterAll(() => workspace.dispose());

  /** A project with a public service and one that keeps data. */
  async function write(name: string, environment: Record<string, string> = {}): Promise<void> {
    const web = backendService(image, name);
    const services = {
      web: {
        ...web,
        environment: { ...(web['environment'] as object), ...environment },
        volumes: ['data:/data'],
      },
    };
    const ingress = [{ service: 'web', domain: `${name}.localhost`, port: 8080 }];
    const path = `projects/${workspace.name(name)}`;
    await workspace.write(`${path}/docker-compose.yml`, stringify({ services, volumes: { data: {} } }));
    await workspace.write(`${path}/ingress.yml`, stringify({ ingress }));
  }

  it('status shows all of them in one table, and what drifted', async () => {
    const { stdout } = succeeded(await itsup('status'));
    for (const name of names) {
      expect(stdout).toMatch(
        new RegExp(`^${workspace.name(name)} +running +deployed \\d+ s ago, .*\\n  web +1/1 +\\w+`, 'm'),
      );
    }
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
    const [victim] = await containersOf(app(0));
    await output('docker', ['rm', '--force', victim?.id ?? '']);
    const stacks = JSON.parse(succeeded(await itsup('status', '--json')).stdout) as Status[];
    expect(stacks).toHaveLength(COUNT + 1);
    const drifted = stacks.filter(({ drift }) => drift.length > 0);
    expect(drifted).toMatchObject([{ stack: app(0), drift: [{ kind: 'missing', service: 'web' }] }]);
  });

  it('plan says what a deploy would do about it, deploy does it, and then there is nothing to do', async () => {
    const { stdout } = succeeded(await itsup('plan'));
    expect(stdout).toMatch(/web +create/);
    const others = await identityOf(app(1));
    succeeded(await itsup('deploy'));
    expect(await containersOf(app(0))).toMatchObject([{ status: 'running' }]);
    expect(await identityOf(app(1))).toEqual(others);
    const plan = JSON.parse(succeeded(await itsup('plan', '--json')).stdout) as { changed: boolean };
    expect(plan.changed).toBe(false);
  });

  it('explain tells who serves a URL, from the model and from what runs', async () => {
    await eventually(async () => {
      const { stdout } = succeeded(
        await itsup('explain', `https://app3.localhost:${workspace.ports.webSecure}/`),
      );
      expect(stdout).toContain('web-secure');
      expect(stdout).toContain('Host(`app3.localhost`)');
      expect(stdout).toContain(app(3));
    });
    const { exitCode, all } = await itsup(
      'explain',
      `https://nobody.localhost:${workspace.ports.webSecure}/`,
    );
    expect(exitCode).toBe(1);
    expect(all).toContain('nobody.localhost');
  });

  it('explain finds what keeps a site from answering', async () => {
    const [container] = await containersOf(app(4));
    await output('docker', ['stop', '--time', '1', container?.id ?? '']);
    const { exitCode, all } = await itsup('explain', `https://app4.localhost:${workspace.ports.webSecure}/`);
    expect(exitCode).toBe(1);
    expect(all).toMatch(/error.*(not running|no container|stopped|exited)/i);
    succeeded(await itsup('deploy', app(4)));
  });

  it('topology draws them on one page', async () => {
    succeeded(await itsup('topology', '--output', 'picture.html'));
    const page = await workspace.read('picture.html');
    for (const name of names) expect(page).toContain(`${name}.localhost`);
    await workspace.remove('picture.html');
  });

  it('images lists what every stack runs', async () => {
    const { stdout } = succeeded(await itsup('images', '--json'));
    const images = JSON.parse(stdout) as { image: string; stacks: string[]; locked: string | null }[];
    expect(images.flatMap(({ stacks }) => stacks)).toEqual(
      expect.arrayContaining(['proxy', ...names.map(workspace.name)]),
    );
    expect(images.filter(({ locked }) => locked !== null)).toEqual([]);
  });

  it('logs and svc reach into a stack', async () => {
    succeeded(
      await itsup('svc', app(5), 'exec', '-T', 'web', 'sh', '-c', 'echo said to the log > /proc/1/fd/1'),
    );
    await eventually(async () =>
      expect(succeeded(await itsup('logs', app(5), 'web')).stdout).toContain('said to the log'),
    );
    expect(succeeded(await itsup('svc', app(5), 'ps', '--services')).stdout).toContain('web');
  });

  it('restart replaces the containers of one stack', async () => {
    const before = [await identityOf(app(6)), await identityOf(app(7))];
    succeeded(await itsup('restart', app(6)));
    const after = [await identityOf(app(6)), await identityOf(app(7))];
    expect(after[0]).not.toEqual(before[0]);
    expect(after[1]).toEqual(before[1]);
  });

  it('rollback takes a change back', async () => {
    await write('app7', { LEVEL: 'new' });
    succeeded(await itsup('deploy', app(7)));
    const level = async (): Promise<string> =>
      output('docker', ['inspect', '--format', '{{.Config.Env}}', (await containersOf(app(7)))[0]?.id ?? '']);
    expect(await level()).toContain('LEVEL=new');
    succeeded(await itsup('rollback', app(7)));
    expect(await level()).not.toContain('LEVEL=new');
  });

  it('down removes containers and networks, and data only when it is told to', async () => {
    const volumes = (): Promise<string> => output('docker', ['volume', 'ls', '--quiet']);
    succeeded(await itsup('down', app(8)));
    expect(await containersOf(app(8))).toEqual([]);
    expect(await volumes()).toContain(`${app(8)}_data`);
    succeeded(await itsup('down', app(8), '--volumes'));
    expect(await volumes()).not.toContain(`${app(8)}_data`);
    expect(await volumes()).toContain(`${app(7)}_data`);
  });

  it('prune takes down what has no folder any more, and keeps its data', async () => {
    await workspace.remove(`projects/${app(9)}`);
    expect(succeeded(await itsup('status')).stdout).toMatch(
      new RegExp(`^${app(9)} .*\\n(.*\\n)* +! its folder is gone`, 'm'),
    );
    expect(await containersOf(app(9))).toHaveLength(1);
    succeeded(await itsup('prune'));
    expect(await containersOf(app(9))).toEqual([]);
    expect(await output('docker', ['volume', 'ls', '--quiet'])).toContain(`${app(9)}_data`);
  });

  it('doctor looks at the host and names cures', async () => {
    const { stdout } = await itsup('doctor', '--json');
    const findings = JSON.parse(stdout) as { check: string; severity: string; cure: string | null }[];
    expect(findings.length).toBeGreaterThan(3);
    for (const { severity, cure } of findings) if (severity === 'error') expect(cure).toBeTruthy();
  });

  it('the targets do the same through Nx', async () => {
    for (const target of ['status', 'plan', 'logs', 'restart']) {
      succeeded(await workspace.nx(['run', `${app(0)}:${target}`]));
    }
    succeeded(await workspace.nx(['run', `${app(0)}:compose`, 'ps']));
    succeeded(await workspace.nx(['run', `${app(0)}:down`]));
    expect(await containersOf(app(0))).toEqual([]);
  });
});

interface Status {
  stack: string;
  drift: { kind: string; service: string | null }[];
}
