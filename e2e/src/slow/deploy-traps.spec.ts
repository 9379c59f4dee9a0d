import { stringify } from 'yaml';
import { describeWithImages } from '../harness/engine/describe-with';
import { identityOf } from '../harness/engine/engine';
import { BUSYBOX } from '../harness/engine/images';
import { output, succeeded } from '../harness/run';
import { createWorkspace, type TestWorkspace } from '../harness/workspace/workspace';

describeWithImages([BUSYBOX], 'a deploy that could go wrong', () => {
  let workspace: TestWorkspace;
  let app: string;

  beforeAll(async () => {
    workspace = await createWorkspace();
    app = workspace.name('app');
    await workspace.write(
      `projects/${app}/docker-compose.yml`,
      stringify({
        services: {
          web: {
            image: BUSYBOX,
            init: true,
            command: ['sleep', '600'],
            environment: { COLOUR: '${COLOUR:-none}' },
            volumes: ['./motd.txt:/motd.txt:ro'],
          },
        },
      }),
    );
    await workspace.write(`projects/${app}/motd.txt`, 'hello\n');
    succeeded(await workspace.nx(['deploy', app]));
  });
  afterAll(() => workspace.dispose());

  const runningId = async (): Promise<string> => (await identityOf(app)).join();

  it('notices a changed .env, which git ignores, and generates nothing anew for it', async () => {
    const before = await runningId();
    await workspace.write(`projects/${app}/.env`, 'COLOUR=blue\n');
    const { all } = succeeded(await workspace.nx(['deploy', app, '--outputStyle=static']));
    expect(all).toMatch(/generate {2}\[/);
    expect(await runningId()).not.toBe(before);
    expect(await output('docker', ['inspect', '--format', '{{.Config.Env}}', await containerId()])).toContain(
      'COLOUR=blue',
    );
  });

  it('notices changed content of a mounted file', async () => {
    await workspace.write(`projects/${app}/motd.txt`, 'good morning\n');
    succeeded(await workspace.nx(['deploy', app]));
    expect(await output('docker', ['exec', await containerId(), 'cat', '/motd.txt'])).toBe('good morning');
  });

  it('is refused from a second checkout, which would change every bind mount', async () => {
    const before = await runningId();
    const second = await createWorkspace({ like: workspace });
    try {
      for (const file of ['docker-compose.yml', 'motd.txt']) {
        await second.write(`projects/${app}/${file}`, await workspace.read(`projects/${app}/${file}`));
      }
      const { exitCode, all } = await second.nx(['deploy', app], { env: { ITSUP_STATE: workspace.state } });
      expect(exitCode).toBe(1);
      expect(all).toContain(workspace.root);
      expect(all).toContain('adopt');
      expect(await runningId()).toBe(before);
    } finally {
      await second.discard();
    }
  });

  async function containerId(): Promise<string> {
    return (
      await output('docker', ['ps', '--quiet', '--filter', `label=com.docker.compose.project=${app}`])
    ).trim();
  }
});
