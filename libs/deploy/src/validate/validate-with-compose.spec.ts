import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { generateStacks } from '@itsup/artifacts';
import type { Problem } from '@itsup/config';
import { createDocker } from '@itsup/docker';

import { validateStacks } from './validate-stacks';

const TEMPLATES = path.resolve(__dirname, '../../../../templates');
const WEB = 'services:\n  web:\n    image: busybox\n';

let root: string;

beforeEach(() => {
  root = realpathSync(mkdtempSync(path.join(tmpdir(), 'itsup-validate-')));
  symlinkSync(TEMPLATES, path.join(root, 'templates'));
});

afterEach(() => rmSync(root, { recursive: true }));

/** Generates and validates a project of these files. */
async function validate(files: Record<string, string>): Promise<Problem[]> {
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(root, 'projects/app', name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  const found: Problem[] = [];
  await generateStacks(root, ['app'], ({ problems }) => found.push(...problems));
  if (found.some(({ severity }) => severity === 'error')) return found;
  const docker = createDocker({ env: { PATH: process.env['PATH'] ?? '', HOME: root } });
  const onOutcome = ({ problems }: { problems: Problem[] }): number => found.push(...problems);
  await validateStacks({ root, stacks: ['app'], docker, parallel: 1, onOutcome });
  return found;
}

/** No engine is needed for `docker compose config`. */
const hasCompose = spawnSync('docker', ['compose', 'version', '--short']).status === 0;
const { skip } = describe;
const title = 'validate with Compose';

(hasCompose ? describe : skip)(hasCompose ? title : `${title} (left out: no \`docker compose\` here)`, () => {
  it.each<[string, Record<string, string>]>([
    [
      'an include with files of variables and a project directory',
      {
        'docker-compose.yml': `include:\n  - {path: parts/db/compose.yml, env_file: parts/db/db.env}\n  - {path: parts/more.yml, project_directory: parts}\n${WEB}`,
        'parts/db/compose.yml': 'services: {db: {image: "busybox:${TAG}"}}\n',
        'parts/db/db.env': 'TAG=1\n',
        'parts/more.yml': 'include: [deeper/one.yml]\nservices: {more: {image: busybox}}\n',
        'parts/deeper/one.yml': 'services: {one: {image: busybox}}\n',
      },
    ],
    [
      'a config from the environment',
      { 'docker-compose.yml': `configs: {c: {environment: CONFIG}}\n${WEB}    configs: [c]\n` },
    ],
    [
      'anchors on keys, an alias as a key and a merge with its tag',
      {
        'docker-compose.yml':
          'x-b: &b {image: busybox}\nx-n: &n more\nservices:\n  &k web:\n    !!merge <<: *b\n    container_name: *k\n  *n : *b\n',
      },
    ],
    [
      '!reset in a list, and lines that a carriage return ends',
      { 'docker-compose.yml': `${WEB}    tmpfs: [/a, !reset null]\n`.replaceAll('\n', '\r') },
    ],
    [
      'variables where only some words fit',
      {
        'docker-compose.yml': `${WEB}    pull_policy: "\${PP}"\n    cgroup: $CGROUP\n    privileged: \${FLAG}\n    read_only: \${FLAG}\n    depends_on: {db: {condition: "\${WHEN}"}}\n    stop_grace_period: \${PAUSE}\n    volumes: [{type: "\${KIND}", source: /data, target: /data}]\n  db: {image: busybox}\n`,
      },
    ],
  ])('passes %s', async (_, files) => {
    expect((await validate(files)).filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  it('leaves a file to the deploy that only a variable names', async () => {
    expect(await validate({ 'docker-compose.yml': `include: ["\${INC}"]\n${WEB}` })).toMatchObject([
      { severity: 'note', code: 'not-decided' },
    ]);
  });

  it('warns of every env_file that is not here, at its line', async () => {
    const files = { 'docker-compose.yml': `${WEB}    env_file:\n      - one.env\n      - two.env\n` };
    const warning = (name: string, line: number) => ({
      ...{ severity: 'warning', message: `the env_file projects/app/${name} is not here; a deploy needs it` },
      place: { file: 'projects/app/docker-compose.yml', line },
    });
    expect(await validate(files)).toMatchObject([warning('one.env', 5), warning('two.env', 6)]);
  });

  it('warns of a build context, a secret and a config that are not here, at their lines', async () => {
    const compose = `${WEB}    build: ./nowhere\n    secrets: [s]\nsecrets:\n  s: {file: s.txt}\nconfigs:\n  c: {file: "./\${C}.txt"}\n  d: {file: d.txt}\n`;
    const warning = (what: string, line: number) => ({
      ...{ severity: 'warning', message: `the ${what} is not here; a deploy needs it` },
      place: { file: 'projects/app/docker-compose.yml', line },
    });
    expect(await validate({ 'docker-compose.yml': compose, 'd.txt': '' })).toMatchObject([
      warning('build context projects/app/nowhere', 4),
      warning('secret’s file projects/app/s.txt', 7),
    ]);
  });

  it.each<[string, Record<string, string>, string[]]>([
    ['build: ./web', { 'web/index.html': '' }, ['4 web/Dockerfile']],
    ['build: ./web', { 'web/Dockerfile': 'FROM a\n' }, []],
    ['build: ./web', { 'web/dockerfile': 'FROM a\n' }, []],
    ['build: {context: ./web, dockerfile: other/D}', { 'web/Dockerfile': 'FROM a\n' }, ['4 web/other/D']],
    ['build: {context: ./web, dockerfile: ../D}', { 'web/a': '', D: 'FROM a\n' }, []],
    ['build: {context: ./web, dockerfile_inline: FROM a}', { 'web/a': '' }, []],
    ['build: {context: "./${X}", dockerfile: D}', {}, []],
  ])('warns of a Dockerfile that is not here: %s, of %j', async (build, files, expected) => {
    const found = await validate({ 'docker-compose.yml': `${WEB}    ${build}\n`, ...files });
    const said = found.map(({ message, place }) => `${place?.line ?? 0} ${message}`);
    expect(said).toEqual(
      expected.map((one) =>
        one.replace(' ', ' the Dockerfile projects/app/').concat(' is not here; a deploy needs it'),
      ),
    );
  });

  it('notes where Docker would make a folder of what is to be a file', async () => {
    const compose = `${WEB}    volumes: ["./a.conf:/etc/a.conf", "./b.conf:/etc/b.conf", "./data:/data"]\n`;
    expect(await validate({ 'docker-compose.yml': compose, 'b.conf': '' })).toMatchObject([
      {
        ...{ code: 'folder-for-file', severity: 'note' },
        message: expect.stringContaining('projects/app/a.conf is not there'),
        place: { file: 'projects/app/docker-compose.yml', line: 4, column: 15 },
      },
    ]);
  });

  it('names an unknown key at its place, and the one that was meant', async () => {
    expect(await validate({ 'docker-compose.yml': `${WEB}    enviroment: {A: b}\n` })).toMatchObject([
      {
        message: expect.stringContaining('did you mean `environment`?'),
        place: { file: 'projects/app/docker-compose.yml', line: 4, column: 5 },
      },
    ]);
  });

  it.each<[string, string, string, number, number]>([
    ['network', '    networks:\n      - backk\nnetworks: {back: {}}\n', 'did you mean back?', 5, 9],
    ['volume', "    volumes: ['data:/data']\n", 'volumes: {data: …}', 4, 15],
    ['secret', '    secrets: [{source: key, target: k}]\n', 'secrets: {key: …}', 4, 24],
    ['service', '    depends_on: {wbe: {condition: service_started}}\n', 'did you mean web?', 4, 18],
    ['service', '    network_mode: service:vpn\n', 'add the service', 4, 19],
  ])('shows where a %s is named that is not there', async (kind, rest, cure, line, column) => {
    expect(await validate({ 'docker-compose.yml': WEB + rest })).toMatchObject([
      {
        message: expect.stringContaining(`undefined ${kind}`),
        help: expect.stringContaining(cure),
        place: { file: 'projects/app/docker-compose.yml', line, column },
      },
    ]);
  });

  it('shows a circle of services at the first, and what has no line at its file', async () => {
    const circle = `${WEB}    depends_on: [db]\n  db: {image: busybox, depends_on: [web]}\n`;
    expect(await validate({ 'docker-compose.yml': circle })).toMatchObject([
      {
        message: expect.stringContaining('cycle'),
        place: { file: 'projects/app/docker-compose.yml', line: 5 },
      },
    ]);
    expect(await validate({ 'docker-compose.yml': `${WEB}    ports: ["a:b"]\n` })).toMatchObject([
      { message: expect.stringMatching(/containerPort/), place: { file: 'projects/app/docker-compose.yml' } },
    ]);
  });

  it('shows where a value stands that Compose refuses', async () => {
    expect(await validate({ 'docker-compose.yml': `${WEB}    cgroup: neither\n` })).toMatchObject([
      {
        message: expect.stringMatching(/^services\.web\.cgroup/),
        place: { file: 'projects/app/docker-compose.yml', line: 4, column: 13 },
      },
    ]);
  });
});
