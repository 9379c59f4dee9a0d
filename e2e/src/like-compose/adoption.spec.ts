import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describeOnOwnEngine } from '../harness/engine/describe-with';
import { identityOf, containersOf } from '../harness/engine/engine';
import { BUSYBOX } from '../harness/engine/images';
import { run, succeeded, type Run } from '../harness/run';
import { createWorkspace, type TestWorkspace } from '../harness/workspace/workspace';
import { composeVersion, isKnownTo } from './compose-version';
import { compose, service, textOf, type Files } from './row';

/** A project that somebody started by `docker compose up`, and a change that is to replace some of its services. */
interface Started {
  title: string;
  files: Files;
  change: Files;
  /** Services that the change replaces; the others stay. */
  replaced: string[];
  sinceCompose?: string;
}

const changed = { environment: { A: 'changed' } };
const main = (keys: Record<string, unknown> = {}): Record<string, unknown> =>
  service({ ipc: 'shareable', volumes: ['/kept'], ...keys });
const uses = {
  net: service({ network_mode: 'service:main' }),
  spaces: service({ ipc: 'service:main', pid: 'service:main' }),
  files: service({ volumes_from: ['main:ro'] }),
};

const STARTED: Started[] = [
  {
    title: 'env_file',
    files: {
      'a.env': 'A=1\nB="x $$y"\n',
      ...compose({ web: service({ env_file: 'a.env', environment: { C: 'p$$q' } }), other: service() }),
    },
    change: { 'a.env': 'A=2\n' },
    replaced: ['web'],
  },
  {
    title: 'network_mode, ipc, pid and volumes_from of another service',
    files: compose({ main: main(), ...uses }),
    change: compose({ main: main(), ...uses, net: service({ network_mode: 'service:main', ...changed }) }),
    replaced: ['net'],
  },
  {
    title: 'a service whose container others use, which is replaced with them',
    files: compose({ main: main(), ...uses }),
    change: compose({ main: main(changed), ...uses }),
    replaced: ['main', 'net', 'spaces', 'files'],
  },
  {
    title: 'a chain of such services, and an env_file',
    files: {
      'a.env': 'A=1\n',
      ...compose({
        last: service({ pid: 'service:middle', env_file: ['a.env'] }),
        middle: service({ network_mode: 'service:first', env_file: [{ path: 'b.env', required: false }] }),
        first: service({ env_file: 'a.env' }),
      }),
    },
    change: { 'b.env': 'B=1\n' },
    replaced: ['middle', 'last'],
  },
  {
    title: 'volumes_from of a container of its own name',
    files: compose({
      main: main({ container_name: '__NAME__-x' }),
      files: service({ volumes_from: ['container:__NAME__-x'], depends_on: ['main'] }),
    }),
    change: compose({
      main: main({ container_name: '__NAME__-x' }),
      files: service({ volumes_from: ['container:__NAME__-x'], depends_on: ['main'], ...changed }),
    }),
    replaced: ['files'],
  },
  {
    title: 'several replicas, one of which others use',
    files: compose({
      main: service({ deploy: { replicas: 2 } }),
      side: service({ network_mode: 'service:main' }),
    }),
    change: compose({
      main: service({ deploy: { replicas: 2 } }),
      side: service({ network_mode: 'service:main', ...changed }),
    }),
    replaced: ['side'],
  },
  {
    title: 'dependencies, profiles, a build, configs, secrets and ports',
    files: {
      '.env': 'COMPOSE_PROFILES=extra\n',
      Dockerfile: `FROM ${BUSYBOX}\nRUN echo one > /page\n`,
      'secret.txt': 'one\n',
      ...compose(
        {
          web: service({
            ...{ depends_on: { db: { condition: 'service_healthy', restart: true } }, command: [] },
            ...{ entrypoint: ['sleep', '1000000'], configs: ['words'], secrets: ['key'], scale: 2 },
          }),
          db: service({ healthcheck: { test: 'true', interval: '1s' }, profiles: ['extra'] }),
          built: { ...service({ build: '.' }), image: undefined },
          port: service({ ports: ['127.0.0.1::80'], links: ['db:database'] }),
        },
        { configs: { words: { content: 'a $$word' } }, secrets: { key: { file: './secret.txt' } } },
      ),
    },
    change: {},
    replaced: [],
  },
  {
    title: 'label_file, hooks and a network with options',
    sinceCompose: '5.0.0',
    files: {
      'a.labels': 'org.example.a=one\n',
      ...compose(
        {
          web: service({ label_file: 'a.labels', post_start: [{ command: ['true'] }] }),
          net: service({ network_mode: 'service:web', label_file: 'a.labels' }),
          more: service({ networks: { n: { gw_priority: 1, aliases: ['x'] } }, env_file: 'a.labels' }),
        },
        { networks: { n: {} } },
      ),
    },
    change: { 'a.labels': 'org.example.a=two\n' },
    replaced: ['web', 'net', 'more'],
  },
];

const version = composeVersion();
const known = STARTED.filter((each) => isKnownTo(version, each));

describeOnOwnEngine([BUSYBOX], `what docker compose up has started (Compose ${version})`, () => {
  let workspace: TestWorkspace;
  beforeAll(async () => {
    // Compose by itself gives nobody a resolver.
    workspace = await createWorkspace({ settings: { dns: { enabled: false } } });
  });
  afterAll(() => workspace.dispose());

  const apply = (project: string): Promise<Run> => workspace.itsup(['apply', project]);
  async function write(project: string, files: Files): Promise<void> {
    for (const [path, content] of Object.entries(files)) {
      const file = join(workspace.root, 'projects', project, path);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, textOf(content ?? '').replaceAll('__NAME__', project));
    }
  }

  it.each(known.map((each, index) => [each.title, each, index] as const))(
    'stays where nothing changed: %s',
    async (_title, { files, change, replaced }, index) => {
      const project = workspace.name(`a${index}`);
      await write(project, files);
      const cwd = join(workspace.root, 'projects', project);
      succeeded(await run('docker', ['compose', 'up', '--detach'], { cwd }));
      const started = await identityOf(project);
      succeeded(await apply(project));
      expect(await identityOf(project)).toEqual(started);

      const before = new Map((await containersOf(project)).map(({ id, name }) => [id, name]));
      await write(project, change);
      succeeded(await apply(project));
      const after = await containersOf(project);
      const others = after.filter(({ id }) => !before.has(id)).map((container) => container.service);
      expect(others.sort()).toEqual([...replaced].sort());
    },
    240_000,
  );
});
