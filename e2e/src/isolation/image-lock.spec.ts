import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { describeOnOwnEngine } from '../harness/engine/describe-with';
import { eventually } from '../harness/eventually';
import { BUSYBOX } from '../harness/engine/images';
import { freePorts } from '../harness/traffic/ports';
import { findProgram } from '../harness/programs';
import { output, run, succeeded } from '../harness/run';
import { createWorkspace, type TestWorkspace } from '../harness/workspace/workspace';

/** The registry of github.com/distribution/distribution (`cmd/registry`); a folder holds it where PATH does not. */
const registry = findProgram('registry', 'ITSUP_E2E_REGISTRY');
const LOCK = 'projects/images.lock.yml';

const describeWithRegistry =
  registry === null
    ? (name: string, body: () => void) =>
        describe.skip(`${name} (left out: no registry in PATH or the folder ITSUP_E2E_REGISTRY)`, body)
    : (name: string, body: () => void) => describeOnOwnEngine([BUSYBOX], name, body);

describeWithRegistry('images that are held to the content that was recorded', () => {
  let workspace: TestWorkspace;
  let served: ChildProcess;
  let folder: string;
  let image: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'itsup-registry-'));
    const [port = 0] = await freePorts(1);
    const configuration = {
      version: 0.1,
      log: { level: 'error' },
      storage: { filesystem: { rootdirectory: folder } },
      http: { addr: `127.0.0.1:${port}` },
    };
    await writeFile(join(folder, 'registry.yml'), stringify(configuration));
    served = spawn(registry ?? '', ['serve', join(folder, 'registry.yml')], { stdio: 'ignore' });
    image = `127.0.0.1:${port}/app:1`;
    await eventually(async () => expect((await fetch(`http://127.0.0.1:${port}/v2/`)).status).toBe(200));
    workspace = await createWorkspace();
    await workspace.write(
      `projects/${workspace.name('app')}/docker-compose.yml`,
      stringify({ services: { app: { image, stop_grace_period: '0s' } } }),
    );
  });
  afterAll(async () => {
    await workspace.dispose();
    served.kill();
    await rm(folder, { recursive: true, force: true });
  });

  /** Gives the registry other content under the tag, and leaves none of it on the engine. */
  async function push(version: string): Promise<void> {
    const id = await output('docker', ['create', BUSYBOX]);
    await output('docker', [
      ...['commit', '--change', `LABEL version=${version}`, '--change', 'CMD ["sleep", "1000000"]'],
      ...[id, `${image}-pushed`],
    ]);
    await output('docker', ['rm', id]);
    await output('docker', ['tag', `${image}-pushed`, image]);
    await output('docker', ['push', '--quiet', image]);
    await output('docker', ['rmi', image, `${image}-pushed`]);
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
