import { copyFileSync, linkSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDocker } from '../create-docker';
import { fakeDocker, removeFakes, type FakeCall } from '../testing/fake-docker';

const FAKE = join(__dirname, '../__fixtures__/fake-docker');
const DIRECT = 'DOCKER_CLI_PLUGIN_ORIGINAL_CLI_COMMAND';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'compose-plugin-'));
});

afterEach(() => {
  removeFakes();
  rmSync(folder, { recursive: true });
});

/** No script, as Docker's own command is none: Node itself under that name, which answers before it runs anything. */
function program(): { binary: string; env: Record<string, string> } {
  const binary = join(folder, 'docker');
  try {
    linkSync(process.execPath, binary);
  } catch {
    copyFileSync(process.execPath, binary);
  }
  const first = join(folder, 'first.js');
  writeFileSync(
    first,
    `if (process.execPath.endsWith('/docker')) {
       process.argv.splice(1, 1, '', require('node:path').basename(process.argv[1]));
       require(${JSON.stringify(FAKE)});
       process.exit();
     }`,
  );
  return { binary, env: { NODE_OPTIONS: `--require ${first}` } };
}

async function validate(path: string, times: number): Promise<FakeCall[]> {
  const plugins = [
    { Name: 'buildx', Path: '/b' },
    { Name: 'compose', Path: path },
  ];
  const { binary, env } = program();
  const { docker, calls } = fakeDocker(
    [
      { match: '^info --format', stdout: JSON.stringify({ Plugins: plugins }) },
      { match: '^compose', stdout: '' },
    ],
    { binary, env, socket: null },
  );
  for (let time = 0; time < times; time += 1) {
    // Another signal or sink is no other Docker.
    const compose = docker.with({}).compose({ project: 'a', files: ['/a.yml'], cwd: '/', env: { TAG: '1' } });
    await compose.configQuiet();
  }
  return calls();
}

describe("Compose's own program", () => {
  it('is called from the second command on, with the same words and the same environment', async () => {
    const [first, question, second, third, ...more] = await validate(FAKE, 3);
    expect(more).toEqual([]);
    expect(first?.args.slice(0, 2)).toEqual(['compose', '--ansi']);
    expect(first?.env[DIRECT]).toBeUndefined();
    expect(question?.args).toEqual(['info', '--format', '{{json .ClientInfo}}']);
    for (const one of [second, third]) {
      const { [DIRECT]: by, ...env } = one?.env ?? {};
      expect(by).toMatch(/docker$/);
      expect({ ...one, env }).toEqual(first);
    }
  });

  it('is left to the command where it is not, or goes', async () => {
    const calls = await validate('/no/such/docker-compose', 3);
    const composed = calls.filter(({ args: [word] }) => word === 'compose');
    expect(composed).toHaveLength(3);
    expect(composed.every(({ env }) => env[DIRECT] === undefined)).toBe(true);
  });

  it('is not asked for where a script stands in for the command', async () => {
    const { docker, calls } = fakeDocker([{ match: '^compose' }]);
    const compose = docker.compose({ project: 'a', files: ['/a.yml'], cwd: '/', env: {} });
    for (let time = 0; time < 3; time += 1) await compose.configQuiet();
    expect(calls().map(({ args: [word] }) => word)).toEqual(['compose', 'compose', 'compose']);
  });

  it('says what the command says', async () => {
    const docker = createDocker({ env: process.env, socket: null });
    const { composeError } = await docker.versions();
    if (composeError !== null) return;
    writeFileSync(join(folder, 'a.yml'), 'services: {web: {image: "${NEEDED:?say it}"}}');
    const compose = docker.compose({ project: 'a', files: [join(folder, 'a.yml')], cwd: folder, env: {} });
    const said = async (): Promise<string> =>
      compose.configQuiet().then(
        () => 'nothing',
        (error: unknown) => (error as Error).message,
      );
    const first = await said();
    expect(first).toContain('NEEDED');
    expect([await said(), await said()]).toEqual([first, first]);
  });
});
