import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { generateStacks } from '@itsup/artifacts';
import { readProject, readSettings } from '@itsup/config';
import { createDocker, type ComposeModel } from '@itsup/docker';
import { routeWorkspace } from '@itsup/routing';

import { stackSpecs } from '../stack/stack-spec';
import { composeOf, projectCompose } from './project-compose';
import { createSecretsReader } from './environment/secrets';

const TEMPLATES = path.resolve(__dirname, '../../../../templates');

let root: string;

beforeEach(() => {
  root = realpathSync(mkdtempSync(path.join(tmpdir(), 'itsup-compose-')));
  symlinkSync(TEMPLATES, path.join(root, 'templates'));
});

afterEach(() => rmSync(root, { recursive: true }));

function write(files: Record<string, string>): void {
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(root, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}

type Values = Record<string, Record<string, string | null> | undefined>;

/**
 * By service, the values that its containers would have: by Compose in the project's folder with `env`, and by ours.
 */
async function both(files: Record<string, string>, env: Record<string, string>): Promise<[Values, Values]> {
  write({ 'projects/itsup.yml': 'dns: {enabled: false}\n' });
  write(Object.fromEntries(Object.entries(files).map(([name, text]) => [`projects/app/${name}`, text])));
  await generateStacks(root, ['app'], ({ problems }) => {
    expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  });
  const all = { PATH: process.env['PATH'], HOME: root, UNNAMED: 'x', GH_TOKEN: 'x', ...env };
  const docker = createDocker({ env: all });
  const cwd = path.join(root, 'projects/app');
  const plain = execFileSync('docker', ['compose', 'config', '--format', 'json'], {
    cwd,
    env: all,
    encoding: 'utf8',
  });
  const { settings } = await readSettings(root);
  const { project, problems } = await readProject(root, 'app', settings);
  const workspace = { settings, projects: [project], problems };
  const spec = stackSpecs(root, workspace, routeWorkspace(workspace)).get('app');
  if (spec === undefined) throw new Error('app is no stack');
  const secrets = createSecretsReader(root, docker);
  const { stack } = await projectCompose(spec, {
    root,
    stateDir: path.join(root, 'state'),
    env: all,
    secrets,
    isolation: settings.isolation,
  });
  expect(stack.inherit).not.toHaveProperty('GH_TOKEN');
  const compose = composeOf(docker, spec, stack);
  return [valuesOf(JSON.parse(plain) as ComposeModel), valuesOf(await compose.configJson())];
}

function valuesOf({ name: project, services }: ComposeModel): Values {
  return {
    // Beside the services: a name that none of them can have.
    '(project)': { name: project },
    ...Object.fromEntries(
      Object.entries(services).map(([name, { environment }]) => [
        name,
        (environment ?? {}) as Values[string],
      ]),
    ),
  };
}

const WEB = 'services:\n  web:\n    image: busybox\n';

/** No engine is needed for `docker compose config`. */
const hasCompose = spawnSync('docker', ['compose', 'version', '--short']).status === 0;
const { skip } = describe;
const title = 'projectCompose loses no variable that plain Compose sees';

(hasCompose ? describe : skip)(hasCompose ? title : `${title} (left out: no \`docker compose\` here)`, () => {
  it.each<[string, Record<string, string>, Record<string, string>]>([
    [
      'behind an extends whose path is a variable',
      {
        'docker-compose.yml': 'services:\n  web:\n    extends: {file: "${DIR}/base.yml", service: base}\n',
        'base.yml':
          'services:\n  base: {image: busybox, environment: [FOO], env_file: "${DIR}/${WHICH:-a}.env"}\n',
        'a.env': 'A=${BAR}\n',
      },
      { DIR: '.', FOO: 'foo', BAR: 'bar' },
    ],
    [
      'behind an include whose path is a variable',
      {
        'docker-compose.yml': `include: ["\${SUB:-sub}/c.yml"]\n${WEB}`,
        'sub/c.yml': 'services:\n  other: {image: busybox, environment: {K: "${FOO}"}}\n',
      },
      { FOO: 'foo' },
    ],
    [
      'in an env_file that the .env names',
      {
        'docker-compose.yml': `${WEB}    env_file: ["\${WHICH}.env"]\n`,
        '.env': 'WHICH=a\n',
        'a.env': 'A=${BAR}\nFOO\n',
      },
      { FOO: 'foo', BAR: 'bar' },
    ],
    [
      'of the .env in an env_file',
      { 'docker-compose.yml': `${WEB}    env_file: a.env\n`, '.env': 'L=${FOO}\n', 'a.env': 'A=${L}\n' },
      { FOO: 'foo' },
    ],
    [
      'of the .env that activates a profile',
      {
        'docker-compose.yml': `${WEB}  tool: {image: busybox, profiles: [dev], environment: [FOO]}\n`,
        '.env': 'COMPOSE_PROFILES=dev\n',
      },
      { FOO: 'foo' },
    ],
    [
      'of the .env that names the files and the project',
      {
        'docker-compose.yml': `${WEB}    environment: {MODE: dev}\n`,
        'prod.yml': 'services:\n  web: {environment: {MODE: $FOO, NAME: $COMPOSE_PROJECT_NAME}}\n',
        '.env': 'COMPOSE_FILE=docker-compose.yml:prod.yml\nCOMPOSE_PROJECT_NAME=zz\n',
      },
      { FOO: 'foo' },
    ],
    [
      'of both .env files where COMPOSE_FILE leads to another folder',
      {
        'docker-compose.yml': WEB,
        'stack/main.yml': `${WEB}    environment: {A: $A, B: $B, C: $FOO}\n`,
        'stack/.env': 'A=stack\nB=stack\n',
        '.env': 'COMPOSE_PATH_SEPARATOR=;\nNAME=more\nCOMPOSE_FILE=stack/main.yml;stack/${NAME}.yml\nA=top\n',
        'stack/more.yml': 'services: {web: {environment: {D: d}}}\n',
      },
      { FOO: 'foo' },
    ],
    [
      'with a name of the project that the .env completes',
      {
        'docker-compose.yml': `name: shop-\${STAGE}\n${WEB}    environment: [FOO]\n`,
        '.env': 'STAGE=Prod\n',
      },
      { FOO: 'foo' },
    ],
    [
      'of the files of variables that the caller names',
      {
        'docker-compose.yml': `${WEB}    environment: {A: $A, B: $B}\n`,
        'a.env': 'A=foo\n',
        'b.env': 'B=$A-b\n',
        '.env': 'A=dotenv\n',
      },
      { COMPOSE_ENV_FILES: 'a.env,b.env' },
    ],
    [
      'with a name that a shell could not set',
      { 'docker-compose.yml': `${WEB}    environment: [spring.profile, my-var]\n` },
      { 'spring.profile': 'x', 'my-var': 'y' },
    ],
  ])('%s', async (_, files, env) => {
    const [plain, ours] = await both(files, env);
    expect(ours).toEqual(plain);
    expect(JSON.stringify(plain)).toMatch(/"(?:foo|x)"/);
  });

  it('in a file outside of the workspace', async () => {
    const outside = realpathSync(mkdtempSync(path.join(tmpdir(), 'itsup-outside-')));
    writeFileSync(
      path.join(outside, 'c.yml'),
      'services:\n  other: {image: busybox, environment: {K: "${FOO}"}}\n',
    );
    const [plain, ours] = await both(
      { 'docker-compose.yml': `include: ["${outside}/c.yml"]\n${WEB}` },
      { FOO: 'foo' },
    );
    rmSync(outside, { recursive: true });
    expect(plain['other']).toEqual({ K: 'foo' });
    expect(ours).toEqual(plain);
  });
});
