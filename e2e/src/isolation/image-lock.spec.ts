import { parse, stringify } from 'yaml';
import { describeOnOwnEngine } from '../harness/engine/describe-with';
import { BUSYBOX } from '../harness/engine/images';
import { missingRegistry, startRegistry, type Registry } from '../harness/engine/registry';
import { freePorts } from '../harness/traffic/ports';
import { output, run, succeeded } from '../harness/run';
import { createWorkspace, type TestWorkspace } from '../harness/workspace/workspace';

const LOCK = 'projects/images.lock.yml';

const describeWithRegistry =
  missingRegistry === null
    ? (name: string, body: () => void) => describeOnOwnEngine([BUSYBOX], name, body)
    : (name: string, body: () => void) => describe.skip(`${name} (left out: ${missingRegistry})`, body);

describeWithRegistry('images that are held to the content that was recorded', () => {
  let workspace: TestWorkspace;
  let registry: Registry;
  let image: string;

  beforeAll(async () => {
    const [port = 0] = await freePorts(1);
    registry = await startRegistry(`127.0.0.1:${port}`);
    image = `127.0.0.1:${port}/app:1`;
    workspace = await createWorkspace();
    await workspace.write(
      `projects/${workspace.name('app')}/docker-compose.yml`,
      stringify({ services: { app: { image, stop_grace_period: '0s' } } }),
    );
  });
  afterAll(async () => {
    await workspace?.dispose();
    await registry?.stop();
  });

  /** Gives the registry other content under the tag, and leaves none of it on the engine. */
  async function push(version: string): Promise<void> {
    await registry.push(BUSYBOX, 'app:1', `LABEL version=${version}`, 'CMD ["sleep", "1000000"]');
    await output('docker', ['rmi', image]);
  }

  async function deploy(flags: string[] = []): Promise<string> {
    return succeeded(await workspace.itsup(['deploy', workspace.name('app'), ...flags], { env: { CI: '' } }))
      .all;
  }

  async function running(): Promise<string> {
    const filter = `label=com.docker.compose.project=${workspace.name('app')}`;
    const id = await output('docker', ['ps', '--quiet', '--filter', filter]);
    return output('docker', ['inspect', '--format', '{{index .Config.Labels "version"}}', id]);
  }

  async function locked(): Promise<string | undefined> {
    return (parse(await workspace.read(LOCK)) as Record<string, string>)[image];
  }

  it('records the digest with the first pull', async () => {
    await push('one');
    expect(await deploy()).toContain(LOCK);
    expect(await locked()).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(await running()).toBe('one');
  });

  it('keeps to it when the tag stands for other content, also when it is told to pull', async () => {
    await push('two');
    const before = await locked();
    await deploy(['--pull']);
    expect(await running()).toBe('one');
    expect(await locked()).toBe(before);
  });

  it('gives a host that has none of it the recorded content', async () => {
    succeeded(await workspace.itsup(['down', workspace.name('app')]));
    const [repository = ''] = image.split(/:(?=[^:/]*$)/);
    const there = await output('docker', ['image', 'ls', '--quiet', '--no-trunc', repository]);
    await run('docker', ['image', 'rm', '--force', ...new Set(there.split('\n').filter(Boolean))]);
    expect(await output('docker', ['image', 'ls', '--quiet', repository])).toBe('');
    await deploy();
    expect(await running()).toBe('one');
  });

  it('shows an update in the plan, and rolls it', async () => {
    const before = await locked();
    succeeded(await workspace.itsup(['images', 'update', image]));
    expect(await locked()).not.toBe(before);
    const plan = succeeded(await workspace.itsup(['plan', workspace.name('app')]));
    expect(plan.all).toMatch(/app:1 [0-9a-f]{12} → [0-9a-f]{12}/);
    await deploy();
    expect(await running()).toBe('two');
  });
});
