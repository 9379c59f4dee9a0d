import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { followSources, formatProblems, readWorkspace, type Problem } from '../index';

const SECRET = 'victim-secret-S3CR3T';
const CACHE = 'node_modules/.cache/itsup/parsed.json';
const web = (more: string): string => `services:\n  web:\n    image: busybox\n${more}`;

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'foreign-files-'));
  mkdirSync(join(root, 'node_modules'));
  write('secrets/victim.env', `DATABASE_PASSWORD='${SECRET}'\n`);
  write('secrets/itsup.env', `TRAEFIK_ADMIN=${SECRET}\n`);
  write('secrets/app.env', 'OWN=mine\n');
  write('projects/victim/docker-compose.yml', web(''));
  write('secrets/.env', `KEY=${SECRET}\n`);
  write('projects/victim/.env', `KEY=${SECRET}\n`);
  write('projects/app/docker-compose.yml', web(''));
  write('shared/base.yml', web('    restart: always\n'));
  write('.npmrc', `//registry/:_authToken=${SECRET}\n`);
  write('.git/config', `[x]\n  token = ${SECRET}\n`);
});
afterEach(() => rmSync(root, { recursive: true }));

function write(file: string, text: string): void {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), text);
}

function link(file: string, target: string): void {
  rmSync(join(root, file), { force: true });
  mkdirSync(dirname(join(root, file)), { recursive: true });
  symlinkSync(target, join(root, file));
}

/** What is said of `app`; nobody else may have a problem by it, and no secret may be in what is said and kept. */
async function problemsOfApp(): Promise<Problem[]> {
  const { problems, projects } = await readWorkspace(root);
  expect(projects.map(({ name }) => name)).toContain('victim');
  expect(problems.filter(({ project }) => project !== 'app')).toEqual([]);
  expect(JSON.stringify(problems) + formatProblems(problems, { color: false })).not.toContain(SECRET);
  expect(readFileSync(join(root, CACHE), 'utf8')).not.toContain(SECRET);
  return problems;
}

const outlineOf = (problems: readonly Problem[]): string[] =>
  problems.map(({ code, severity, place }) => `${severity} ${place?.file}:${place?.line} ${code}`);

describe('YAML of a project', () => {
  it.each<[string, () => void]>([
    ['a link to a secret', () => link('projects/app/ingress.yml', '../../secrets/victim.env')],
    [
      'a link to a link',
      () => {
        link('shared/innocent.yml', '../secrets/victim.env');
        link('projects/app/ingress.yml', '../../shared/innocent.yml');
      },
    ],
    ['a hidden file of the workspace', () => link('projects/app/ingress.yml', '../../.npmrc')],
    ['git’s own file', () => link('projects/app/ingress.yml', '../../.git/config')],
    ['another project’s file', () => link('projects/app/ingress.yml', '../victim/.env')],
    ['the override file', () => link('projects/app/docker-compose.override.yml', '../../secrets/victim.env')],
    [
      'a linked folder',
      () => {
        rmSync(join(root, 'projects/app'), { recursive: true });
        mkdirSync(join(root, 'secrets/folder'));
        write('secrets/folder/ingress.yml', `ingress: [${SECRET}]\n`);
        link('projects/app', '../secrets/folder');
      },
    ],
  ])('is refused without an excerpt: %s', async (_, attack) => {
    attack();
    const problems = await problemsOfApp();
    expect(problems.map(({ code }) => code)).toContain('foreign-file');
    expect(problems.filter(({ severity }) => severity === 'error').length).toBeGreaterThan(0);
  });

  it.each([
    ['extends', web('    extends: {file: ../../secrets/victim.env, service: web}\n'), 4],
    [
      'extends of another project',
      web('    extends: {file: ../victim/docker-compose.yml, service: web}\n'),
      4,
    ],
    ['include', `include:\n  - ../../secrets/victim.env\n${web('')}`, 2],
    ['include of the settings', `include:\n  - ../itsup.yml\n${web('')}`, 2],
    ['include of a cache', `include:\n  - ../../node_modules/.cache/x.yml\n${web('')}`, 2],
  ])('is refused at the line that names it: %s', async (_, text, line) => {
    write('projects/itsup.yml', 'versions: {}\n');
    write('node_modules/.cache/x.yml', SECRET);
    write('projects/app/docker-compose.yml', text);
    expect(outlineOf(await problemsOfApp())).toContain(
      `error projects/app/docker-compose.yml:${line} foreign-file`,
    );
  });

  it('is refused when an absolute path leads back into the workspace', async () => {
    write('projects/app/docker-compose.yml', `include:\n  - ${root}/secrets/victim.env\n${web('')}`);
    expect(outlineOf(await problemsOfApp())).toContain(
      'error projects/app/docker-compose.yml:2 foreign-file',
    );
  });

  it('may be shared; a mistake in there is said without its text', async () => {
    write(
      'projects/app/docker-compose.yml',
      web('    extends: {file: ../../shared/base.yml, service: web}\n'),
    );
    expect(await problemsOfApp()).toEqual([]);
    write('shared/base.yml', `services:\n  web:\n    image: [${SECRET}]\n`);
    const problems = await problemsOfApp();
    expect(outlineOf(problems)).toEqual(['error shared/base.yml:3 invalid-value']);
    expect(problems[0]?.place?.text).toBeUndefined();
    write('shared/base.yml', `${SECRET}\n`);
    expect(outlineOf(await problemsOfApp())[0]).toContain('error shared/base.yml:1');
  });

  it('may come from a folder of projects/ that is no project, and no more once it is one', async () => {
    write('projects/common/base.yml', web(''));
    write('projects/app/docker-compose.yml', web('    extends: {file: ../common/base.yml, service: web}\n'));
    const { problems } = await readWorkspace(root);
    expect(problems.map(({ code }) => code)).toEqual(['not-a-project']);
    write('projects/common/ingress.yml', 'ingress: []\n');
    write('projects/common/docker-compose.yml', web(''));
    expect(outlineOf(await problemsOfApp())).toEqual([
      'error projects/app/docker-compose.yml:4 foreign-file',
    ]);
  });
});

describe('a path into secrets/ and beyond', () => {
  it.each([
    ['env_file', web('    env_file:\n      - ../../secrets/victim.env\n'), 5],
    ['env_file of the host', web('    env_file: ../../secrets/itsup.env\n'), 4],
    [
      'env_file, long',
      web('    env_file:\n      - path: ../../secrets/victim.env\n        required: false\n'),
      5,
    ],
    ['env_file of another project', web('    env_file: ../victim/.env\n'), 4],
    ['label_file', web('    label_file: ../../secrets/victim.env\n'), 4],
    ['the folder', web('    volumes:\n      - ../../secrets:/s\n'), 5],
    ['a file, mounted', web('    volumes:\n      - ../../secrets/victim.env:/s:ro\n'), 5],
    ['mounted, long', web('    volumes:\n      - {type: bind, source: ../../secrets, target: /s}\n'), 5],
    ['git', web('    volumes:\n      - ../../.git:/s\n'), 5],
    ['the whole workspace', web('    volumes:\n      - ../..:/s\n'), 5],
    ['another project’s variables', web('    volumes:\n      - ../victim/.env:/s\n'), 5],
    ['a secret', `${web('')}secrets:\n  x:\n    file: ../../secrets/victim.env\n`, 6],
    ['a config', `${web('')}configs:\n  x: {file: ../../secrets/victim.env}\n`, 5],
    [
      'a volume’s device',
      `${web('')}volumes:\n  x:\n    driver_opts: {type: none, o: bind, device: ../../secrets}\n`,
      6,
    ],
    ['a build context', web('    build: ../../secrets\n'), 4],
    ['a build context, long', web('    build: {context: ../../secrets}\n'), 4],
    ['a Dockerfile', web('    build: {context: ., dockerfile: ../../secrets/victim.env}\n'), 4],
    [
      'an additional context',
      web('    build:\n      context: .\n      additional_contexts: [s=../../secrets]\n'),
      6,
    ],
    [
      'an additional context, mapping',
      web('    build:\n      context: .\n      additional_contexts:\n        s: ../../secrets\n'),
      7,
    ],
    [
      'the .env of an include',
      `include:\n  - path: parts/db.yml\n    project_directory: ../../secrets\n${web('')}`,
      3,
    ],
    [
      'the env_file of an include',
      `include:\n  - path: parts/db.yml\n    env_file: ../../secrets/victim.env\n${web('')}`,
      3,
    ],
  ])('is an error at its line: %s', async (_, text, line) => {
    write('projects/app/parts/db.yml', 'services: {db: {image: busybox}}\n');
    write('projects/app/docker-compose.yml', text);
    const errors = (await problemsOfApp()).filter(({ code }) => /^foreign-(secret|file)$/.test(code));
    expect(errors.map(({ place, severity }) => `${severity} ${place?.file}:${place?.line}`)).toContain(
      `error projects/app/docker-compose.yml:${line}`,
    );
  });

  test.each([
    ['mount', web('    volumes: ["..:/all"]\n')],
    ['build', web('    build: ..\n')],
    ['build with several contexts', web('    build: {context: ., additional_contexts: {all: ..}}\n')],
    ['mount of what is generated', web('    volumes: ["../../upstream:/all"]\n')],
  ])('is the folder of all projects in a %s', async (_, text) => {
    write('upstream/app/x', '');
    write('projects/app/docker-compose.yml', text);
    const errors = (await problemsOfApp()).filter(({ code }) => code === 'foreign-secret');
    expect(outlineOf(errors)).toEqual(['error projects/app/docker-compose.yml:4 foreign-secret']);
  });

  it('is found behind a link, in .env too, and in what an extended file names', async () => {
    link('projects/app/a.env', '../../secrets/victim.env');
    link('projects/app/.env', '../../secrets/victim.env');
    write('shared/base.yml', web('    env_file: ../secrets/victim.env\n'));
    write(
      'projects/app/docker-compose.yml',
      web('    env_file: a.env\n    extends: {file: ../../shared/base.yml, service: web}\n'),
    );
    expect(outlineOf(await problemsOfApp())).toEqual([
      'error projects/app/.env:1 foreign-secret',
      'error projects/app/docker-compose.yml:4 foreign-secret',
      'error shared/base.yml:4 foreign-secret',
    ]);
  });

  it('is the project’s own when it bears its name', async () => {
    write(
      'projects/app/docker-compose.yml',
      web(
        '    env_file: [../../secrets/app.env]\n    volumes: [../../secrets/app.env:/e, ./data:/d, ../../shared:/s, named:/n]\n',
      ),
    );
    expect(await problemsOfApp()).toEqual([]);
  });

  it('is noticed when a link comes to lead elsewhere, whatever is cached', async () => {
    write('projects/app/real.env', 'A=1\n');
    link('projects/app/a.env', 'real.env');
    write('projects/app/docker-compose.yml', web('    env_file: a.env\n'));
    expect(await problemsOfApp()).toEqual([]);
    expect(existsSync(join(root, CACHE))).toBe(true);
    link('projects/app/a.env', '../../secrets/victim.env');
    expect(outlineOf(await problemsOfApp())).toEqual([
      'error projects/app/docker-compose.yml:4 foreign-secret',
    ]);
  });

  it('is told of with a warning where it mounts another project’s data', async () => {
    write('projects/app/docker-compose.yml', web('    volumes: [../victim/data:/d]\n'));
    expect(outlineOf(await problemsOfApp())).toEqual([
      'warning projects/app/docker-compose.yml:4 foreign-folder',
    ]);
    write('projects/itsup.yml', 'isolation: strict\n');
    expect(outlineOf(await problemsOfApp())).toEqual([
      'error projects/app/docker-compose.yml:4 foreign-folder',
    ]);
  });
});

describe('what is no file', () => {
  it.each(['.env', 'a.env', 'docker-compose.override.yml', 'ingress.yml', 'Dockerfile'])(
    'is the trouble of its project alone, and is not waited for: a pipe as %s',
    async (name) => {
      write('projects/app/docker-compose.yml', web('    build: .\n    env_file: a.env\n'));
      rmSync(join(root, 'projects/app', name), { force: true });
      execFileSync('mkfifo', [join(root, 'projects/app', name)]);
      const problems = await problemsOfApp();
      expect(problems.map(({ code, severity }) => `${severity} ${code}`)).toEqual(['error not-a-file']);
      expect(problems[0]?.message).toContain('a named pipe');
    },
  );

  it.each([
    ['/dev/zero', 'a device'],
    ['/dev/ptmx', 'a device'],
    ['/proc/kmsg', 'a file of the kernel'],
  ])('is %s behind a link', async (target, words) => {
    link('projects/app/a.env', target);
    write('projects/app/docker-compose.yml', web('    env_file: a.env\n'));
    expect((await problemsOfApp()).map(({ message }) => message)).toEqual([expect.stringContaining(words)]);
  });
});

describe('a path that variables tell', () => {
  const variables = { SECRETS: '../../secrets', HOME: '/root' };
  const found = async (text: string, values: Record<string, string> = variables): Promise<string[]> => {
    write('projects/app/docker-compose.yml', text);
    const { projects } = await readWorkspace(root);
    const app = projects.find(({ name }) => name === 'app');
    if (app === undefined) throw new Error('no app');
    return outlineOf(followSources(root, app, values, 'standard').problems);
  };

  it.each([
    ['env_file', web('    env_file: ${SECRETS}/victim.env\n'), 4],
    ['a default', web('    env_file: ${NOT:-../../secrets}/victim.env\n'), 4],
    ['a default in a default', web('    env_file: ${NOT:-${NOR-../../secrets}}/victim.env\n'), 4],
    ['a bind', web('    volumes: ["${SECRETS}:/s"]\n'), 4],
    ['include', 'include:\n  - ${SECRETS}/victim.env\n' + web(''), 2],
    ['extends', web('    extends: {file: "${SECRETS}/victim.env", service: web}\n'), 4],
  ])('is judged once they are known: %s', async (_, text, line) => {
    expect(await found(text)).toContainEqual(
      expect.stringMatching(new RegExp(`^error projects/app/docker-compose.yml:${line} foreign-`)),
    );
    expect(await found(text.replaceAll('../../secrets', './own'), { SECRETS: './own' })).toEqual([]);
  });

  it('is judged in the file that an include with a variable leads to', async () => {
    write(
      'projects/app/parts/db.yml',
      'services:\n  db:\n    image: b\n    env_file: ../../../secrets/victim.env\n',
    );
    expect(await found('include:\n  - ${PART}/db.yml\n' + web(''), { PART: 'parts' })).toEqual([
      'error projects/app/parts/db.yml:4 foreign-secret',
    ]);
  });

  it('is judged with the home folder for ~', async () => {
    expect(await found(web('    env_file: ~/secrets/victim.env\n'), { HOME: root })).toEqual([
      'error projects/app/docker-compose.yml:4 foreign-secret',
    ]);
  });
});

describe('what Nx would take orders from', () => {
  it.each(['project.json', '.nxignore'])('is an error of the project that has it: %s', async (name) => {
    write(`projects/app/${name}`, '{"name": "frontend"}');
    expect(outlineOf(await problemsOfApp())).toEqual([`error projects/app/${name}:1 nx-configuration`]);
  });
});
