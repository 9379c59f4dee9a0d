import { UserError } from '@itsup/config';
import { shipped, treeOf } from '../testing/tree';
import { newProject, type NewProjectRequest } from './new-project';
import { quotedWhereNeeded } from './plain-scalar';

const templates = shipped('templates/projects');
const tree = treeOf(templates);
const blog = { name: 'blog', image: 'ghost:5', domain: 'blog.example.com', port: 2368 };

/** `message / help` of each problem of a refused request. */
function refusal(request: NewProjectRequest, files = tree): string[] {
  try {
    newProject(files, request);
  } catch (error) {
    if (error instanceof UserError) return error.problems.map(({ message, help }) => `${message} / ${help}`);
    throw error;
  }
  return [];
}

describe('a project of any image', () => {
  it('is a Compose file and an ingress file', () => {
    const { files, next } = newProject(tree, { options: blog });
    expect([...files.keys()]).toEqual(['projects/blog/docker-compose.yml', 'projects/blog/ingress.yml']);
    expect(files.get('projects/blog/docker-compose.yml')).toBe(`services:
  web:
    image: ghost:5
    restart: unless-stopped
    healthcheck:
      # It accepts connections: bash asks in an image based on Debian, nc in one based on Alpine. Better is a page of its own. An image without a shell: take the check out.
      test: [CMD-SHELL, "bash -c '</dev/tcp/127.0.0.1/2368' 2>/dev/null || nc -z 127.0.0.1 2368"]
      interval: 5s
      timeout: 10s
      retries: 3
      start_period: 1m
`);
    expect(files.get('projects/blog/ingress.yml'))
      .toBe(`# yaml-language-server: $schema=../../node_modules/itsup/schemas/ingress.schema.json
ingress:
  - service: web
    domain: blog.example.com
    port: 2368
`);
    expect(next).toEqual([
      'What the image writes is lost with its container: if it keeps files, give their folder a volume (--data does).',
      'npx nx deploy blog, then open https://blog.example.com',
    ]);
  });

  it.each([
    ['blog.localhost', 'https://blog.localhost:8443'],
    ['blog.example.com', 'https://blog.example.com'],
  ])('says where %s is reached', (domain, address) => {
    const { next } = newProject(tree, { options: { ...blog, domain } });
    expect(next.at(-1)).toBe(`npx nx deploy blog, then open ${address}`);
  });

  it('has the database that was asked for, its password among the secrets', () => {
    const { files, next } = newProject(tree, {
      options: { ...blog, database: 'mysql', data: '/var/lib/ghost/content' },
    });
    const text = files.get('projects/blog/docker-compose.yml');
    expect(text).toContain('image: mysql:8.4');
    expect(text).toContain('- data:/var/lib/ghost/content');
    expect(text).toContain('${DATABASE_PASSWORD:?the password of the database}');
    expect(next).toEqual([
      'Secrets, one line each in secrets/blog.env (documentation: Secrets); `openssl rand -hex 24` makes a good one:',
      '  DATABASE_PASSWORD=   the password of the database',
      'Rename the DATABASE_* variables of `web` to what the image reads.',
      'npx nx deploy blog, then open https://blog.example.com',
    ]);
  });

  it('takes the lower case of a domain, and says when an image has no tag', () => {
    const { files, next } = newProject(tree, {
      options: { ...blog, image: 'ghost', domain: 'Blog.Example.COM' },
    });
    expect(files.get('projects/blog/ingress.yml')).toContain('domain: blog.example.com\n');
    expect(next[0]).toContain('no tag');
  });
});

describe('what is refused, with the cure', () => {
  it.each<[string, Partial<Record<string, string | number>>, string[]]>([
    [
      'a reserved name',
      { name: 'proxy' },
      ["`proxy` is a name of the proxy's own and no project can have it / Choose another name."],
    ],
    [
      'a name that is none',
      { name: 'My Blog' },
      [
        '`My Blog` cannot be the name of a project / Compose wants lower-case letters, digits, - and _, a letter or digit first: `my-blog` would do.',
      ],
    ],
    [
      'a path for a name',
      { name: '../x' },
      [
        '`../x` cannot be the name of a project / Compose wants lower-case letters, digits, - and _, a letter or digit first: `x` would do.',
      ],
    ],
    [
      'a URL for a domain',
      { domain: 'https://a.org/b' },
      [
        '`https://a.org/b` is not a host name / Give the name alone, `a.org`, and the path as `path_prefix: /b`.',
      ],
    ],
    [
      'a wildcard',
      { domain: '*.a.org' },
      [
        'a new project answers at one name, not at *.a.org / Give one name, and write the wildcard into ingress.yml afterwards.',
      ],
    ],
    [
      'an image that is none',
      { image: 'Ghost 5' },
      ['`Ghost 5` is not the name of an image / Say which image it runs: --image=acme/wiki:2'],
    ],
    ['a port out of range', { port: 70000 }, ['`70000` is not a port / Ports are numbers from 1 to 65535.']],
    [
      'a database with a slip',
      { database: 'postgre' },
      [
        'there is no database `postgre` to choose / Did you mean postgres? Known: postgres, mysql, mariadb, none.',
      ],
    ],
    [
      'a folder that breaks out',
      { data: '/a: {x' },
      [
        '`/a: {x` is not the path of a folder, from / on / Say in which folder of the container it keeps its files: --data=/var/lib/app',
      ],
    ],
    ['what means nothing', { host: '10.0.0.1' }, ['--host means nothing beside --image / Leave it out.']],
  ])('%s', (_, changes, messages) => {
    expect(refusal({ options: { ...blog, ...changes } })).toEqual(messages);
  });

  it('everything at once', () => {
    expect(refusal({ options: { name: 'blog' } })).toHaveLength(3);
  });

  it('a folder that is there', () => {
    const there = treeOf({ ...templates, 'projects/blog/notes.txt': 'mine' });
    expect(refusal({ options: blog }, there)).toEqual([
      'projects/blog is there already, with notes.txt / Choose another name, or remove the folder.',
    ]);
  });

  it('an entry that is not in the gallery, and options that an entry does not take', () => {
    expect(refusal({ options: blog, gallery: 'drupal' })[0]).toMatch(
      /^the gallery has no `drupal` \/ It has adguard-home, authelia, /,
    );
    expect(refusal({ options: blog, gallery: '../image' })[0]).toMatch(/^the gallery has no/);
    expect(
      refusal({ options: { name: 'cloud', domain: 'a.org', image: 'x:1' }, gallery: 'nextcloud' }),
    ).toEqual([
      'Nextcloud with Postgres takes no --image / Leave it out, and change the written files afterwards; it takes --domain.',
    ]);
  });
});

test.each([
  ['blog.example.com', 'blog.example.com'],
  ['1.example.com', '1.example.com'],
  ['123', "'123'"],
  ['10.10', "'10.10'"],
  ['192.168.1.20', '192.168.1.20'],
  ['true', "'true'"],
  ['fd00::1', 'fd00::1'],
  ['::1', "'::1'"],
])('%s stands in YAML as %s', (value, text) => expect(quotedWhereNeeded(value)).toBe(text));
