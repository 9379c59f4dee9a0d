import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ComposeFacts, Project } from '../index';
import { portsOf } from './published-ports';
import { fixture, meant, outline, readFixture } from '../testing/fixtures';

/** What `docker compose --profile '*' config --format json` printed for a fixture; its root written as `<root>`. */
interface ComposeConfig {
  services: Record<string, ComposeConfigService>;
  networks?: Record<string, ComposeConfigNetwork>;
}

interface ComposeConfigNetwork {
  name: string;
  external?: boolean;
  internal?: boolean;
  driver?: string;
  driver_opts?: Record<string, string>;
}

interface ComposeConfigService {
  image?: string;
  build?: unknown;
  container_name?: string;
  network_mode?: string;
  networks?: Record<string, { priority?: number } | null>;
  labels?: Record<string, string>;
  dns?: string[];
  healthcheck?: { test?: string[]; disable?: boolean };
  profiles?: string[];
  ports?: { published?: string; protocol: string }[];
  volumes?: { type: string; source?: string }[];
}

const numeric = (a: string, b: string) => a.localeCompare(b, 'en', { numeric: true });

/** The facts as Compose sees them, in the order of neither. */
function judged({ services }: ComposeConfig) {
  return Object.entries(services)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, service]) => ({
      name,
      image: service.image ?? null,
      hasBuild: service.build !== undefined,
      containerName: service.container_name ?? null,
      networkMode: service.network_mode ?? null,
      networks: service.network_mode === undefined ? Object.keys(service.networks ?? {}).sort() : [],
      labels: service.labels ?? {},
      hasDns: (service.dns ?? []).length > 0,
      hasHealthcheck:
        service.healthcheck?.test !== undefined &&
        service.healthcheck.test[0] !== 'NONE' &&
        service.healthcheck.disable !== true,
      profiles: service.profiles ?? [],
      published: (service.ports ?? [])
        // Docker picks one of a range.
        .flatMap(({ published, protocol }) =>
          /^\d+$/.test(published ?? '') ? [`${published}/${protocol}`] : [],
        )
        .sort(numeric),
      binds: (service.volumes ?? [])
        .flatMap(({ type, source = '' }) =>
          type === 'bind' && source.startsWith('<root>/') ? [source.slice(7)] : [],
        )
        .sort(),
    }));
}

function found({ services, binds }: ComposeFacts) {
  return services.map((service) => ({
    name: service.name,
    image: service.image,
    hasBuild: service.hasBuild,
    containerName: service.containerName,
    networkMode: service.networkMode,
    networks: service.networkMode === null ? [...(service.networks ?? ['default'])].sort() : [],
    labels: service.labels,
    hasDns: service.hasDns,
    hasHealthcheck: service.hasHealthcheck,
    profiles: service.profiles,
    published: service.publishedPorts.map(({ port, protocol }) => `${port}/${protocol}`).sort(numeric),
    binds: binds
      .filter((bind) => bind.service === service.name)
      .map(({ path }) => path)
      .sort(),
  }));
}

describe('effective services', () => {
  test.each(readdirSync(fixture('compose')))('%s: as Compose sees them', async (name) => {
    const { project, problems } = await readFixture(`compose/${name}`);
    const config = JSON.parse(
      readFileSync(join(fixture('compose'), name, 'compose-config.json'), 'utf8'),
    ) as ComposeConfig;
    expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(found(facts(project))).toEqual(judged(config));
  });
});

describe('networks', () => {
  test('are what Compose makes of them, override files, tags and includes followed', async () => {
    const { project } = await readFixture('compose/network-facts');
    const { networks = {}, services } = JSON.parse(
      readFileSync(join(fixture('compose'), 'network-facts', 'compose-config.json'), 'utf8'),
    ) as ComposeConfig;
    const values: Record<string, string> = { 'net-${SUFFIX:-one}': 'net-one', '${PREFIX:-p}_deep': 'p_deep' };
    const known = Object.entries(facts(project).networkFacts ?? {}).map(([key, network]) => [
      key,
      {
        name: values[network.name ?? ''] ?? network.name ?? (network.external ? key : `app_${key}`),
        external: network.external,
        internal: network.internal,
        driver: network.driver,
        options: network.options,
      },
    ]);
    expect(Object.fromEntries(known)).toEqual(
      Object.fromEntries(
        Object.entries(networks).map(([key, network]) => [
          key,
          {
            name: network.name,
            external: network.external ?? false,
            internal: network.internal ?? false,
            driver: network.driver ?? null,
            options: network.driver_opts ?? {},
          },
        ]),
      ),
    );
    const ordered = facts(project).services.find(({ name }) => name === 'ordered');
    expect(ordered?.networkPriorities).toEqual(
      Object.fromEntries(
        Object.entries(services['ordered']?.networks ?? {}).flatMap(([key, use]) =>
          use?.priority === undefined ? [] : [[key, use.priority]],
        ),
      ),
    );
    expect(facts(project).networkFacts?.['deep']).toMatchObject({ nameUnknown: true });
    expect(facts(project).networkFacts?.['named']).not.toHaveProperty('nameUnknown');
  });
});

describe('volumes', () => {
  test('are what Compose makes of them, override files and includes followed', async () => {
    const { project } = await readFixture('compose/volume-facts');
    const { volumes = {} } = JSON.parse(
      readFileSync(join(fixture('compose'), 'volume-facts', 'compose-config.json'), 'utf8'),
    ) as { volumes: Record<string, { name: string; external?: boolean }> };
    const known = Object.entries(facts(project).volumeFacts ?? {}).map(([key, { name, external }]) => {
      const real = name === '${PREFIX:-p}_deep' ? 'p_deep' : (name ?? (external ? key : `app_${key}`));
      return [key, { name: real, external }];
    });
    const judged = Object.entries(volumes).map(([key, { name, external = false }]) => [
      key,
      { name, external },
    ]);
    expect(Object.fromEntries(known)).toEqual(Object.fromEntries(judged));
    expect(facts(project).volumeFacts?.['deep']).toMatchObject({ nameUnknown: true });
    expect(facts(project).volumeFacts?.['named']).not.toHaveProperty('nameUnknown');
  });
});

function facts(project: Project): ComposeFacts {
  if (!project.compose) throw new Error('no Compose file was read');
  return project.compose;
}

describe('what a project depends on', () => {
  test('the first Compose file and the first override, with a warning for the others', async () => {
    const { project, problems } = await readFixture('compose/discovery');
    expect(facts(project).files).toEqual([
      'projects/app/compose.yml',
      'projects/app/docker-compose.override.yml',
    ]);
    expect(outline(problems)).toEqual([
      'docker-compose.override.yaml:1:1 ignored-file',
      'docker-compose.yml:1:1 ignored-file',
    ]);
  });

  test('every extended file, however deep', async () => {
    const { project } = await readFixture('compose/extends');
    expect(project.files).toEqual([
      'projects/app/compose.yaml',
      'projects/app/lib/deeper/deep.yml',
      'projects/app/lib/web.yml',
      'shared/base.yml',
    ]);
  });

  test('every included file, and no override that Compose does not read', async () => {
    const { project } = await readFixture('compose/include');
    expect(project.files).toEqual([
      'projects/app/compose.yml',
      'projects/app/other.override.yml',
      'projects/app/other/compose.yml',
      'projects/app/sub/base.yml',
      'projects/app/sub/compose.yml',
      'projects/app/sub/nested/compose.yml',
      'shared/compose.yml',
    ]);
    expect(facts(project).networks).toEqual(['mine', 'theirs']);
  });

  test('env files apart: their content never decides anything here', async () => {
    const { project } = await readFixture('compose/extends');
    expect(facts(project).envFiles?.map(({ service, path, required }) => [service, path, required])).toEqual([
      ['base', 'projects/app/base.env', true],
      ['long', 'projects/app/base.env', true],
      ['other', 'projects/app/lib/deeper/deep.env', true],
      ['same', 'projects/app/base.env', true],
    ]);
    expect(project.files.filter((file) => file.endsWith('.env'))).toEqual([]);
  });

  test('the name of the Compose file itself', async () => {
    expect(facts((await readFixture('compose/services')).project).name).toBe('other-name');
    expect(facts((await readFixture('compose/ports')).project).name).toBeNull();
  });

  test('what mounts show: paths as written, and what a named volume is on the engine', async () => {
    const { project, problems } = await readFixture('mounts');
    expect(problems).toEqual([]);
    expect(facts(project).services[0]?.mounts?.map(({ source, place }) => `${place.line} ${source}`)).toEqual(
      ['5 /var/run/docker.sock', '6 proxy_engine', '8 /var/lib/itsup'],
    );
  });

  test('with `paths: upstream` binds move and the files that Compose reads stay', async () => {
    const { project, problems } = await readFixture('paths-upstream');
    expect(problems).toEqual([]);
    expect(facts(project).binds.map(({ path }) => path)).toEqual(['upstream/app/data']);
    expect(project.files).toContain('projects/app/base.yml');
  });
});

describe('places', () => {
  test('point at the service, the port and the bind', async () => {
    const { project } = await readFixture('compose/override');
    const { services, binds } = facts(project);
    const web = services.find(({ name }) => name === 'web');
    expect(web?.place).toMatchObject({
      file: 'projects/app/docker-compose.override.yml',
      line: 2,
      column: 3,
      text: '  web:',
    });
    const ports = web?.publishedPorts.map(({ port, place: { file, line } }) => `${port} ${file}:${line}`);
    expect(ports).toEqual([
      '8080 projects/app/docker-compose.yml:7',
      '9000 projects/app/docker-compose.override.yml:7',
      '8081 projects/app/docker-compose.override.yml:7',
    ]);
    expect(binds.find(({ source }) => source === './other')?.place).toMatchObject({ line: 8, column: 15 });
  });

  test('of a value that comes through an alias point at the anchor', async () => {
    const { project } = await readFixture('compose/anchors');
    const three = facts(project).services.find(({ name }) => name === 'three');
    expect(three?.publishedPorts[0]?.place).toMatchObject({ line: 4, column: 11 });
  });
});

describe('what cannot be read', () => {
  test('behind `${…}` is taken as it comes, without an error', async () => {
    const { project, problems } = await readFixture('interpolated');
    expect(problems).toEqual([]);
    const compose = facts(project);
    expect(compose.partial).toBe(true);
    expect(compose.services.map(({ name, partial = false }) => [name, partial])).toEqual([
      ['default', false],
      ['escaped', false],
      ['far', true],
      // A row names it, and it may well be in the file that `${WHERE}` hides.
      ['included', true],
      ['named', true],
    ]);
    const [service] = compose.services;
    expect(service?.publishedPorts.map(({ port }) => port)).toEqual([81]);
    expect(compose.binds.map(({ path }) => path)).toEqual(['projects/app/z']);
    expect(compose.envFiles?.map(({ path }) => path)).toEqual(['projects/app/real.env']);
  });

  test('outside the workspace is left alone with a warning', async () => {
    const { project, problems } = await readFixture('extends-outside');
    expect(outline(problems)).toEqual([
      'compose.yml:2:17 outside-workspace',
      'compose.yml:3:17 outside-workspace',
    ]);
    expect(problems.every(({ severity }) => severity === 'warning')).toBe(true);
    expect(project.files).toEqual(['projects/app/compose.yml']);
  });
});

describe('what Compose would refuse', () => {
  test('a circle of extends, once, with its way', async () => {
    const { problems } = await readFixture('extends-circle');
    expect(outline(problems)).toEqual(['other.yml:2:17 circular-extends']);
    expect(problems[0]?.message).toBe('`a` extends `b` extends `c` extends `a`: a circle');
  });

  test('a service or a file to extend that is not there', async () => {
    const { problems } = await readFixture('extends-missing');
    expect(outline(problems)).toEqual([
      'compose.yml:2:17 unknown-service',
      'compose.yml:4:17 file-not-found',
    ]);
    expect(problems[0]?.message).toContain('did you mean `base`?');
  });

  test('a circle of includes', async () => {
    const { problems } = await readFixture('include-circle');
    expect(outline(problems)).toEqual(['other.yml:1:11 circular-include']);
  });

  test('a file to include that is not there', async () => {
    const { problems } = await readFixture('include-missing');
    expect(outline(problems)).toEqual(['compose.yml:1:11 file-not-found']);
    expect(meant(problems[0])).toBe('other.yml');
  });
});

describe('what the ownership of names and ports is read from', () => {
  test('addresses of ports, and ports that variables decide on', async () => {
    const { project, problems } = await readFixture('owned');
    expect(problems).toEqual([]);
    const service = facts(project).services.find(({ name }) => name === 'db');
    if (!service) throw new Error('no service db');
    const shown = (ports: typeof service.publishedPorts) =>
      ports.map(({ ip, port, protocol, place }) => `${ip ?? '*'} ${port}/${protocol} ${place.line}`);
    expect(shown(service.publishedPorts)).toEqual([
      '127.0.0.1 6432/tcp 8',
      '::1 6433/udp 9',
      '* 6434/tcp 10',
    ]);
    expect(shown(portsOf(service)).slice(3)).toEqual(['* 5432/tcp 11', '127.0.0.1 7000/udp 12']);
    const values: Record<string, string> = { PORT: '15432', IP: '10.0.0.1', OTHER: '99' };
    expect(shown(portsOf(service, (name) => values[name])).slice(3)).toEqual([
      '* 15432/tcp 11',
      '10.0.0.1 7000/udp 12',
      '* 99/tcp 16',
    ]);
  });

  test('where a label and a container name stand, in the file that has the last word', async () => {
    const [db] = facts((await readFixture('owned')).project).services;
    expect(db?.containerNamePlace).toMatchObject({ file: 'projects/app/docker-compose.yml', line: 4 });
    expect(Object.keys(db?.labelPlaces ?? {})).toEqual(['traefik.enable', 'traefik.http.routers.db.rule']);
    expect(db?.labelPlaces?.['traefik.http.routers.db.rule']).toMatchObject({
      file: 'projects/app/docker-compose.override.yml',
      line: 5,
    });
  });
});

test('options of a service that are none are told at their line, and variables are left to Compose', async () => {
  const { problems } = await readFixture('service-options');
  expect(outline(problems)).toEqual([
    'docker-compose.yml:5:7 unknown-key',
    'docker-compose.yml:6:26 invalid-value',
    'docker-compose.yml:7:25 invalid-value',
  ]);
  expect(problems.map(({ message }) => message)).toEqual([
    'unknown key `rolout` — did you mean `rollout`?',
    '`deadline` must be a number of seconds, or a duration such as `5m`, found `"5 minutes"`',
    '`command` must be a list of words, found `"touch"`',
  ]);
});
