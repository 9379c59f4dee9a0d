import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fixture, meant, outline, readAt, readFixture } from '../testing/fixtures';

/** Problems of a fixture's project, all of them errors of that project. */
async function errorsOf(name: string, project = 'app') {
  const { problems } = await readFixture(`bad/${name}`, project);
  expect(problems.map(({ severity, project: of }) => `${severity} ${of}`)).toEqual(
    problems.map(() => `error ${project}`),
  );
  return problems;
}

describe('bad input', () => {
  test('invalid YAML', async () => {
    expect(outline(await errorsOf('invalid-yaml'))).toEqual([
      'docker-compose.yml:3:13 invalid-yaml',
      'ingress.yml:3:1 invalid-yaml',
    ]);
  });

  test('wrong types, all at once, in the operator’s words', async () => {
    const problems = await errorsOf('wrong-types');
    expect(problems.map(({ message, place }) => `${place?.line}: ${message}`)).toEqual([
      '2: `image` must be text, found `5`',
      '2: `networks` must be a list or a mapping, found `"front"`',
      '3: `ports` must be a list, found `"80:80"`',
      '5: `networks` must be a mapping, found a list',
      '1: `enabled` must be `true` or `false`, found `"maybe"`',
      '3: `service` must be the name of a Compose service, found a list',
      '4: `port` must be a number from 1 to 65535, found `"eighty"`',
      '5: `hostport` must be a number from 1 to 65535, found `70000`',
      '6: `tls` must be a mapping, found `"example.com"`',
      '7: `allow_source_ips` must be a list, found `"10.0.0.1"`',
      '8: row 2 of `ingress` must be a mapping, found `"web"`',
      '11: `egress` must be a list, found `"db:postgres"`',
    ]);
    expect(meant(problems[6])).toBe('eighty');
  });

  test('what is sound beside it is still read', async () => {
    const { project } = await readFixture('bad/wrong-types');
    expect(project.ingress.map(({ domains }) => domains)).toEqual([['ok.example.com']]);
    expect(project.ingress[0]?.place.line).toBe(9);
    expect(project.compose?.services.map(({ name }) => name)).toContain('ok');
  });

  test('unknown keys, with what was meant or where they belong', async () => {
    const problems = await errorsOf('unknown-keys');
    expect(problems.map(({ message, help }) => [message, help])).toEqual([
      ['unknown key `ingres` — did you mean `ingress`?', undefined],
      ['unknown key `domain`', '`domain` belongs in a row of `ingress`: a list entry that starts with `- `.'],
      ['unknown key `target` — did you mean `host`?', undefined],
      ['unknown key `zzz`', 'Known here: enabled, host, paths, ingress, egress, exports.'],
      ['unknown key `domian` — did you mean `domain`?', undefined],
      ['unknown key `domains` — did you mean `domain`?', undefined],
      ['unknown key `path` — did you mean `path_prefix`?', undefined],
      ['unknown key `enabled`', '`enabled` belongs at the top of the file, not in a row.'],
      ['unknown key `X-A`', 'Put it under `request` or `response`.'],
    ]);
    expect(problems.map(meant)).toEqual([
      'ingres',
      'domain',
      'target',
      'zzz',
      'domian',
      'domains',
      'path',
      'enabled',
      'X-A',
    ]);
  });

  test('an engine of its own', async () => {
    const [problem, ...others] = await errorsOf('engine-of-a-project');
    expect(others).toEqual([]);
    expect(problem).toMatchObject({
      message: 'unknown key `engine`',
      help: 'The engine is one for all projects: `engine` in projects/itsup.yml. What a swarm cannot run belongs into a workspace of its own, on a machine with `engine: compose`.',
      place: { line: 1 },
    });
  });

  test.each(['empty-compose', 'comments-only'])('a Compose file without content: %s', async (name) => {
    expect(outline(await errorsOf(name))).toEqual(['docker-compose.yml:1:1 empty-file']);
  });

  test('files that are no mapping', async () => {
    expect((await errorsOf('not-a-mapping')).map(({ message }) => message)).toEqual([
      'the file must be a mapping, found a list',
      'the file must be a mapping, found `"just text"`',
    ]);
  });

  test('`services: {web: null}`', async () => {
    const [problem, ...others] = await errorsOf('null-service');
    expect(others).toEqual([]);
    expect(problem).toMatchObject({ code: 'null-service', message: 'service `web` says nothing' });
    expect(meant(problem)).toBe('web');
  });

  test('a service with neither image nor build, unless a profile keeps it from running', async () => {
    expect(outline(await errorsOf('no-image'))).toEqual(['docker-compose.yml:2:3 no-image']);
  });

  test('a service whose image stands behind a mistyped key', async () => {
    const problems = await errorsOf('mistyped-image');
    const places = ['4:5', '6:5', '7:3'];
    expect(outline(problems)).toEqual(places.map((place) => `docker-compose.yml:${place} no-image`));
    // A key of the operator's own, which begins with `x-`, is none.
    expect(problems.map(meant)).toEqual(['imag', 'buidl', 'extended']);
  });

  test('a service that a program of the host provides', async () => {
    expect(outline(await errorsOf('provider'))).toEqual(['docker-compose.yml:2:3 provider-service']);
  });

  test('a Compose file without services is a warning', async () => {
    const { problems } = await readFixture('bad/no-services');
    expect(problems.map(({ code, severity }) => [code, severity])).toEqual([['no-services', 'warning']]);
  });

  test('a Compose file whose services stand below a mistyped key', async () => {
    expect(outline(await errorsOf('mistyped-services'))).toEqual(['docker-compose.yml:2:1 no-services']);
  });

  test('duplicate keys, with the first place', async () => {
    const problems = await errorsOf('duplicate-keys');
    expect(outline(problems)).toEqual([
      'docker-compose.yml:4:3 duplicate-key',
      'ingress.yml:4:5 duplicate-key',
    ]);
    expect(problems[0]?.related?.[0]?.place).toMatchObject({ line: 2, column: 3 });
  });

  test.each([
    ['My_App', 'invalid-name', 'my_app'],
    ['a b', 'invalid-name', 'a-b'],
    ['-dash', 'invalid-name', 'dash'],
    ['proxy', 'reserved-name', 'Rename'],
    ['traefik', 'reserved-name', 'Rename'],
  ])('the project name %j', async (name, code, help) => {
    const [problem, ...others] = await errorsOf('names', name);
    expect(others).toEqual([]);
    expect(problem?.code).toBe(code);
    expect(problem?.help).toContain(help);
    expect(problem?.place).toMatchObject({
      file: expect.stringContaining(`projects/${name}/`),
      line: 1,
      column: 1,
    });
  });

  test('an external project without a host', async () => {
    expect(outline(await errorsOf('no-host'))).toEqual(['ingress.yml:1:1 missing-host']);
  });

  test('a host beside a Compose file', async () => {
    const problems = await errorsOf('host-and-compose');
    expect(outline(problems)).toEqual(['ingress.yml:1:7 host-with-compose']);
  });

  test('a folder with neither file', async () => {
    expect(outline(await errorsOf('neither'))).toEqual(['no-files']);
  });

  test('variables, which no ingress file expands', async () => {
    const problems = await errorsOf('interpolated-row');
    expect(outline(problems)).toEqual([
      'ingress.yml:1:7 invalid-value',
      'ingress.yml:3:13 invalid-value',
      'ingress.yml:4:11 invalid-value',
    ]);
    for (const { help } of problems) expect(help).toMatch(/^Variables are not expanded/);
  });

  test('domains that are none, with the name that was meant', async () => {
    const problems = await errorsOf('domains');
    expect(problems.map(({ place, help }) => [place?.line, help])).toEqual([
      [3, 'Give the name alone, `app.example.com`, and the path as `path_prefix: /api`.'],
      [4, 'Give the name alone: `app.example.com`.'],
      [5, 'Give the name alone: `app.example.com`.'],
      [6, 'International names are written in their ASCII form: `xn--mnchen-3ya.example`.'],
      [7, undefined],
      [8, undefined],
      [9, undefined],
      [10, undefined],
      [11, undefined],
    ]);
  });

  test('values outside their grammar: one error each, none let through', async () => {
    const { project } = await readFixture('bad/values');
    const problems = await errorsOf('values');
    expect(problems.map(({ place }) => place?.line)).toEqual([
      1, 3, 4, 5, 6, 7, 8, 9, 9, 9, 10, 11, 12, 13, 14, 14, 15, 16, 17, 18, 19, 20, 20, 20, 21,
    ]);
    expect(project.ingress).toEqual([]);
    expect(project.egress).toEqual([]);
  });
});

describe('bad input too big for a fixture', () => {
  let root: string;

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'itsup-config-'));
  });

  afterEach(() => rm(root, { recursive: true }));

  async function write(file: string, text: string): Promise<void> {
    await mkdir(dirname(join(root, file)), { recursive: true });
    await writeFile(join(root, file), text);
  }

  test('a 5 MB file is refused without being parsed', async () => {
    await write(
      'projects/app/docker-compose.yml',
      `services: {web: {image: x}}\n${'# padding\n'.repeat(500_000)}`,
    );
    const { problems } = await readAt(root, 'app');
    expect(outline(problems)).toEqual(['docker-compose.yml:1:1 file-too-big']);
    expect(problems[0]?.message).toContain('512 KiB');
  });

  const bomb = (levels: number, open: string, close: string) =>
    Array.from({ length: levels }, (_, level) => {
      const body =
        level === 0
          ? 'k: v'
          : `<<: [${Array(10)
              .fill(`*a${level - 1}`)
              .join(', ')}]`;
      const list =
        level === 0
          ? 'lol'
          : Array(10)
              .fill(`*a${level - 1}`)
              .join(', ');
      return `a${level}: &a${level} ${open}${open === '{' ? body : list}${close}`;
    }).join('\n');

  test.each([
    ['of lists', bomb(12, '[', ']')],
    ['of merge keys', bomb(12, '{', '}')],
  ])('an alias bomb %s', async (_, text) => {
    await write('projects/app/docker-compose.yml', `services: {web: {image: x}}\n${text}\n`);
    const { problems } = await readAt(root, 'app');
    expect(problems.map(({ code }) => code)).toEqual(['alias-bomb']);
    expect(problems[0]?.place?.text).toMatch(/^a\d/);
  });

  test('nesting without end', async () => {
    await write('projects/app/ingress.yml', '['.repeat(20_000));
    await write('projects/app/docker-compose.yml', `services: ${'{a: '.repeat(150)}${'}'.repeat(150)}\n`);
    const codes = new Set((await readAt(root, 'app')).problems.map(({ code }) => code));
    expect(codes).toContain('too-deep');
  });

  test('thousands of keys, in linear time', async () => {
    const keys = Array.from({ length: 10_000 }, (_, index) => `k${index}: 1`).join('\n');
    await write('projects/app/ingress.yml', keys);
    const { problems } = await readAt(root, 'app');
    expect(problems.filter(({ code }) => code === 'unknown-key').length).toBeGreaterThan(0);
  });

  test.each(['docker-compose.yml', 'ingress.yml'])('%s as a symbolic link out of the tree', async (file) => {
    await write('outside.yml', 'services: {web: {image: secret}}\n');
    await mkdir(join(root, 'workspace/projects/app'), { recursive: true });
    await symlink(join(root, 'outside.yml'), join(root, 'workspace/projects/app', file));
    const { problems, project } = await readAt(join(root, 'workspace'), 'app');
    expect(outline(problems)).toContain(`${file}:1:1 outside-workspace`);
    expect(problems.map(({ severity }) => severity)).toContain('error');
    expect(JSON.stringify(project)).not.toContain('secret');
  });

  test('the project’s folder as a symbolic link out of the tree', async () => {
    await write('elsewhere/docker-compose.yml', 'services: {web: {image: secret}}\n');
    await mkdir(join(root, 'workspace/projects'), { recursive: true });
    await symlink(join(root, 'elsewhere'), join(root, 'workspace/projects/app'));
    const { problems, project } = await readAt(join(root, 'workspace'), 'app');
    expect(outline(problems)).toEqual(['docker-compose.yml:1:1 outside-workspace']);
    expect(JSON.stringify(project)).not.toContain('secret');
  });

  test('a symbolic link inside the tree is followed, and its target is among the files', async () => {
    await write('shared/compose.yml', 'services: {web: {image: shared}}\n');
    await mkdir(join(root, 'projects/app'), { recursive: true });
    await symlink('../../shared/compose.yml', join(root, 'projects/app/compose.yml'));
    const { problems, project } = await readAt(root, 'app');
    expect(problems).toEqual([]);
    expect(project.files).toEqual(['projects/app/compose.yml', 'shared/compose.yml']);
  });

  test('a folder, and a link that leads nowhere, where a file should be', async () => {
    await mkdir(join(root, 'projects/app/docker-compose.yml'), { recursive: true });
    await symlink('nowhere.yml', join(root, 'projects/app/ingress.yml'));
    expect(outline((await readAt(root, 'app')).problems)).toEqual([
      'docker-compose.yml:1:1 not-a-file',
      'ingress.yml:1:1 file-not-found',
    ]);
  });

  test('nothing at all', async () => {
    expect(outline((await readAt(root, 'app')).problems)).toEqual(['no-files']);
    expect(outline((await readAt(join(fixture('bad'), 'neither'), 'app')).problems)).toEqual(['no-files']);
  });
});
