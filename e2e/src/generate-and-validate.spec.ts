import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { artifactDigests } from './harness/workspace/artifacts';
import { EXAMPLES } from './harness/workspace/examples';
import { succeeded } from './harness/run';
import { createWorkspace, type TestWorkspace } from './harness/workspace/workspace';

const VALIDATE = ['run-many', '-t', 'validate'];

describe('the examples in a fresh checkout', () => {
  let workspace: TestWorkspace;
  let digests: Record<string, string>;

  beforeAll(async () => {
    workspace = await createWorkspace({ projects: EXAMPLES });
  });
  afterAll(() => workspace.dispose());

  it('are generated and validated', async () => {
    succeeded(await workspace.nx(VALIDATE));
    digests = await artifactDigests(workspace.root);
    const generated = Object.keys(digests);
    for (const example of EXAMPLES.filter((name) => name !== 'router')) {
      expect(generated).toContain(`upstream/${workspace.name(example)}/docker-compose.yml`);
      expect(generated).toContain(`upstream/${workspace.name(example)}/docker-compose.ingress.yml`);
    }
    expect(generated).toContain('proxy/docker-compose.yml');
    expect(generated).toContain('proxy/traefik/traefik.yml');
  });

  it('leave the work tree clean', async () => {
    expect((await workspace.git(['status', '--porcelain'])).stdout).toBe('');
  });

  it('come from the cache the second time, every task', async () => {
    const { all } = succeeded(await workspace.nx(VALIDATE));
    const hits = /cache instead of running the command for (\d+) out of (\d+) tasks/.exec(all);
    expect(hits?.[1]).toBe(hits?.[2]);
    expect(Number(hits?.[1])).toBe(2 * (EXAMPLES.length + 1));
  });

  it('come back byte for byte after their artifacts were cleaned away, from the cache and without it', async () => {
    for (const extra of [[], ['--skip-nx-cache']]) {
      await workspace.git(['clean', '-fdXq', 'upstream', 'proxy']);
      expect(Object.keys(await artifactDigests(workspace.root)).length).toBeLessThan(5);
      succeeded(await workspace.nx([...VALIDATE, ...extra]));
      expect(await artifactDigests(workspace.root)).toEqual(digests);
    }
  });

  it('are the same bytes on another path of the file system', async () => {
    const parent = await mkdtemp(join(tmpdir(), 'itsup e2e ü '));
    const twin = await createWorkspace({ projects: [...EXAMPLES].reverse(), parent, like: workspace });
    try {
      succeeded(await twin.nx(VALIDATE));
      expect(await artifactDigests(twin.root)).toEqual(digests);
    } finally {
      await twin.discard();
      await rm(parent, { recursive: true, force: true });
    }
  });
});

describe('the files of the proxy', () => {
  let workspace: TestWorkspace;
  beforeAll(async () => {
    workspace = await createWorkspace();
  });
  afterAll(() => workspace.dispose());

  it('have the rows of a project again whose Compose file is mended, and say no more that they lack them', async () => {
    const project = workspace.name('mended');
    const compose = `projects/${project}/docker-compose.yml`;
    const generated = async (): Promise<{ stdout: string; hasPort: boolean }> => {
      const { stdout } = await workspace.itsup(['generate']);
      return { stdout, hasPort: (await workspace.read('proxy/traefik/traefik.yml')).includes(':7123') };
    };
    await workspace.write(
      `projects/${project}/ingress.yml`,
      'ingress:\n  - {service: web, router: udp, port: 53, hostport: 7123}\n',
    );
    await workspace.write(compose, 'services:\n  web:\n    image: [wrong]\n');
    const broken = await generated();
    expect(broken.stdout).toContain(`projects/${project} has errors, so the proxy's files hold none`);
    expect(broken.hasPort).toBe(false);
    await workspace.write(compose, 'services:\n  web:\n    image: busybox:stable\n');
    const mended = await generated();
    expect(mended.stdout).not.toContain('has errors');
    expect(mended.hasPort).toBe(true);
  });
});

describe('what a check warns of', () => {
  let workspace: TestWorkspace;
  let project: string;

  beforeAll(async () => {
    workspace = await createWorkspace();
    project = workspace.name('warned');
    const row = '{service: web, port: 80, rule: "HostRegexp(`{sub:[a-z]+}.localhost`)"}';
    await workspace.write(`projects/${project}/ingress.yml`, `ingress:\n  - ${row}\n`);
    await workspace.write(
      `projects/${project}/docker-compose.yml`,
      'services: {web: {image: "busybox:stable"}}\n',
    );
  });
  afterAll(() => workspace.dispose());

  it('is told each time, from the cache too', async () => {
    const first = succeeded(await workspace.itsup(['validate', project])).stdout;
    expect(first).toContain(`projects/${project}/ingress.yml:2:36: warning: the rule`);
    expect(first.match(/warning:/g)).toHaveLength(1);
    expect(succeeded(await workspace.itsup(['validate', project])).stdout).toBe(first);
  });

  it('follows a Dockerfile and a mounted file that go and come, inside the project and outside', async () => {
    const folder = `projects/${project}`;
    const build = 'build: {context: ./web, dockerfile: ../../../shared/Dockerfile}';
    await workspace.write(
      `${folder}/docker-compose.yml`,
      `services:\n  web:\n    build: ./web\n    volumes: ["./a.conf:/etc/a.conf"]\n  other:\n    ${build}\n`,
    );
    await workspace.write(`${folder}/web/index.html`, '');
    const missing = ['shared/Dockerfile', `${folder}/a.conf`, `${folder}/web/Dockerfile`];
    const validate = async (): Promise<string[]> => {
      const { stdout } = succeeded(await workspace.itsup(['validate', project]));
      return missing.filter((file) => new RegExp(`${file} is not (?:t)?here`).test(stdout));
    };
    expect(await validate()).toEqual(missing);
    for (const file of missing) await workspace.write(file, 'FROM busybox:stable\n');
    expect(await validate()).toEqual([]);
    for (const file of missing) await rm(join(workspace.root, file));
    expect(await validate()).toEqual(missing);
  });
});

describe('a project that Nx does not see', () => {
  let workspace: TestWorkspace;
  let names: Record<'seen' | 'hidden' | 'linked', string>;

  beforeAll(async () => {
    workspace = await createWorkspace();
    names = {
      seen: workspace.name('seen'),
      hidden: workspace.name('hidden'),
      linked: workspace.name('linked'),
    };
    for (const name of [names.seen, names.hidden])
      await workspace.write(
        `projects/${name}/docker-compose.yml`,
        'services: {web: {image: "busybox:stable"}}\n',
      );
    await symlink(names.seen, join(workspace.root, 'projects', names.linked));
    await workspace.write(
      '.gitignore',
      `${await workspace.read('.gitignore')}\n/projects/${names.hidden}/\n`,
    );
  });
  afterAll(() => workspace.dispose());

  it.each([
    ['in this process', 'false'],
    ['in one of its own', 'true'],
  ])('is told, and the command ends with 1, where its plugin runs %s', async (_, isolated) => {
    const env = { NX_ISOLATE_PLUGINS: isolated };
    const { seen, hidden, linked } = names;
    const all = await workspace.itsup(['validate', seen, hidden, linked], { env });
    expect(all.stderr).toContain(`error: ${hidden} was left out: git or Nx ignores projects/${hidden}`);
    expect(all.stderr).toContain(`error: ${linked} was left out: projects/${linked} is a symbolic link`);
    expect(all.stderr).not.toContain(`error: ${seen}`);
    expect(all.exitCode).toBe(1);
    expect((await workspace.itsup(['validate', linked], { env })).exitCode).toBe(1);
    succeeded(await workspace.itsup(['validate', seen], { env }));
  });
});
