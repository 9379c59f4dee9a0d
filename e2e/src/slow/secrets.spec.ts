import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';

import { describeWithCommands, describeWithImages } from '../harness/engine/describe-with';
import { containersOf } from '../harness/engine/engine';
import { filesWith } from '../harness/workspace/find-text';
import { BUSYBOX } from '../harness/engine/images';
import { output, run, succeeded, type Run } from '../harness/run';
import { processesDuring } from '../harness/engine/watch-processes';
import { createWorkspace, type TestWorkspace } from '../harness/workspace/workspace';

jest.setTimeout(180_000);

/** A value that stands nowhere else on this host, with what shells, YAML and env files make something of. */
const canary = (): string => `canary-${randomBytes(8).toString('hex')}-$x#y`;

/** A service that holds its secret in every way that Compose has, and prints it if it is told to. */
function compose(command: string): string {
  return stringify({
    services: {
      web: {
        image: BUSYBOX,
        init: true,
        command: ['sh', '-c', command],
        restart: 'no',
        environment: { PASSWORD: '${PASSWORD:?the password of the database}' },
        secrets: ['password'],
        stop_grace_period: '1s',
      },
    },
    secrets: { password: { environment: 'PASSWORD' } },
  });
}

/** Everything that the workspace, its state folder and the engine keep, apart from the file of the secret itself. */
async function placesWith(text: string, workspace: TestWorkspace, app: string): Promise<string[]> {
  const ids = (await containersOf(app)).map(({ id }) => id);
  const inspected = await output('docker', [
    'inspect',
    '--format',
    '{{json .Config.Labels}} {{json .Args}}',
    ...ids,
  ]);
  const networks = await output('docker', ['network', 'inspect', `${app}_default`]);
  return [
    ...(await filesWith(text, workspace.root, ['secrets', 'node_modules'])),
    ...(await filesWith(text, workspace.state)),
    ...(inspected.includes(text) ? ['labels or arguments of a container'] : []),
    ...(networks.includes(text) ? ['the network'] : []),
  ];
}

describeWithImages([BUSYBOX], 'secrets', () => {
  let workspace: TestWorkspace;
  let app: string;
  const deploy = (env: Record<string, string> = {}): Promise<Run> => workspace.nx(['deploy', app], { env });

  beforeAll(async () => {
    workspace = await createWorkspace();
    app = workspace.name('vault');
    await workspace.write(`projects/${app}/docker-compose.yml`, compose('sleep 600'));
  });
  afterAll(() => workspace.dispose());

  /** The secret as the service sees it: in its environment and in its file. */
  async function inContainer(): Promise<string[]> {
    const running = (await containersOf(app)).filter(({ status }) => status === 'running');
    const show = 'echo "$PASSWORD"; cat /run/secrets/password';
    return (await output('docker', ['exec', running[0]?.id ?? '', 'sh', '-c', show])).split('\n');
  }

  it('are named when they are missing, before anything is touched', async () => {
    const { exitCode, all } = await deploy();
    expect(exitCode).toBe(1);
    expect(all).toContain(`${app} needs a value for PASSWORD: the password of the database`);
    expect(all).toContain(`secrets/${app}.env`);
    expect(await containersOf(app)).toEqual([]);
  });

  it('reach the container and stay nowhere else', async () => {
    const secret = canary();
    await workspace.write(`secrets/${app}.env`, `PASSWORD=${secret}\n`);
    const { result, processes } = await processesDuring(() => deploy());
    succeeded(result);
    expect(await inContainer()).toEqual([secret, secret]);
    expect(processes.flat().filter((line) => /docker.* compose/.test(line))).not.toEqual([]);
    expect(processes.flat().filter((line) => line.includes(secret))).toEqual([]);
    expect(result.all).not.toContain(secret);
    expect(await placesWith(secret, workspace, app)).toEqual([]);
    // That the search would find it.
    expect(await filesWith(secret, join(workspace.root, 'secrets'))).toHaveLength(1);
  });

  it('are hidden in what a failing container prints, and in the record that goes to alert.command', async () => {
    const secret = canary();
    await workspace.write(`secrets/${app}.env`, `PASSWORD=${secret}\n`);
    await workspace.write('secrets/itsup.env', 'TOPIC=of-the-host\n');
    const before = await workspace.read('projects/itsup.yml');
    const alert = join(workspace.state, 'alert.json');
    await workspace.write(
      'projects/itsup.yml',
      `${before}\nalert:\n  command: 'cat > "${alert}"; echo "$TOPIC $ITSUP_SUBJECT" >> "${alert}"'\n`,
    );
    await workspace.write(
      `projects/${app}/docker-compose.yml`,
      compose('echo "cannot log in with $$PASSWORD" >&2; exit 1'),
    );
    const { exitCode, all } = await deploy();
    expect(exitCode).toBe(1);
    expect(all).toContain('cannot log in with ${PASSWORD}');
    expect(all).not.toContain(secret);
    expect(await placesWith(secret, workspace, app)).toEqual([]);
    const [json = '', rest] = (await readFile(alert, 'utf8')).split('\n');
    expect(JSON.parse(json)).toMatchObject({
      stacks: [{ stack: app, status: 'failed', record: { stack: app, outcome: 'failed' } }],
    });
    expect(rest).toMatch(new RegExp(`^of-the-host deploy failed on .*: ${app}$`));
    await workspace.write('projects/itsup.yml', before);
    await workspace.write(`projects/${app}/docker-compose.yml`, compose('sleep 600'));
  });

  describeWithCommands(['sops', 'age-keygen'], [BUSYBOX], 'that SOPS encrypted', () => {
    let keys: Record<string, string>;
    const encrypt = async (plain: string, file: string): Promise<void> => {
      const source = join(workspace.state, 'plain', plain.split('/').at(-1) ?? '');
      const { stdout } = succeeded(
        await run('sops', ['--encrypt', '--age', keys['RECIPIENT'] ?? '', source], { cwd: workspace.root }),
      );
      await workspace.write(file, stdout);
    };

    beforeAll(async () => {
      const file = join(workspace.state, 'plain', 'keys.txt');
      await mkdir(join(workspace.state, 'plain'), { recursive: true });
      await run('age-keygen', ['-o', file]);
      keys = { SOPS_AGE_KEY_FILE: file, RECIPIENT: await output('age-keygen', ['-y', file]) };
    });

    it.each(['env', 'txt'])(
      'are decrypted in memory, from .enc.%s, before the plain file',
      async (ending) => {
        const secret = canary();
        const plain = join(workspace.state, 'plain', `vault.${ending}`);
        await writeFile(plain, `# the database\nPASSWORD=${secret}\n`);
        await encrypt(plain, `secrets/${app}.enc.${ending}`);
        await writeFile(plain, '');
        const { result, processes } = await processesDuring(() => deploy(keys));
        succeeded(result);
        expect(await inContainer()).toEqual([secret, secret]);
        expect(processes.flat().filter((line) => line.includes(secret))).toEqual([]);
        expect(result.all).not.toContain(secret);
        expect([
          ...(await placesWith(secret, workspace, app)),
          ...(await filesWith(secret, join(workspace.root, 'secrets'))),
        ]).toEqual([]);
        await workspace.remove(`secrets/${app}.enc.${ending}`);
      },
    );

    it('stop a deploy that has no key for them, with the cure', async () => {
      const plain = join(workspace.state, 'plain', 'vault.env');
      await writeFile(plain, 'PASSWORD=x\n');
      await encrypt(plain, `secrets/${app}.enc.env`);
      const nobody = join(workspace.state, 'plain', 'nobody');
      await mkdir(nobody, { recursive: true });
      await chmod(nobody, 0o700);
      const before = await containersOf(app);
      const { exitCode, all } = await deploy({ HOME: nobody });
      expect(exitCode).toBe(1);
      expect(all).toContain(`secrets/${app}.enc.env cannot be decrypted`);
      expect(all).toContain('SOPS_AGE_KEY_FILE');
      expect(await containersOf(app)).toEqual(before);
      const found = await workspace.itsup(['doctor', '--json'], { env: { HOME: nobody } });
      expect(found.exitCode).toBe(1);
      expect(JSON.parse(found.stdout)).toContainEqual(
        expect.objectContaining({ check: 'secrets', severity: 'error' }),
      );
    });
  });
});
