import { cpSync, existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readProject, readSettings } from '@itsup/config';
import { NETWORK_LABEL, routeProject, type ProjectRouting } from '@itsup/routing';
import { projectComposeFile } from '../files/artifact';
import { WORKSPACE } from '../testing/build';
import { describeWithCompose } from '@itsup/config/testing/describe-with-compose';
import { compose } from '../testing/compose-cli';
import { errorsOf, generateWorkspace, writeFiles } from '../testing/generated-workspace';
import { temporaryFolder } from '../testing/temporary-folder';

interface ComposeConfig {
  name: string;
  services: Record<string, ComposeService>;
  networks?: Record<string, { name: string }>;
}
interface ComposeService {
  labels?: Record<string, string>;
  networks?: Record<string, unknown>;
  network_mode?: string;
  dns?: string[];
}

const FIXTURES = join(__dirname, '../__fixtures__/compose');
const IN_PLACE = join(__dirname, '../__fixtures__/compose-in-place');
const CONFIG_FIXTURES = join(WORKSPACE, 'libs/config/src/__fixtures__/compose');
const EVERY_PROFILE = ['--profile', '*'];
const CONFIG = ['config', '--format', 'json'];
const DNS = ['172.20.0.253', '1.1.1.1', '9.9.9.9'];
const PROFILES: [string, string[]][] = [
  ['no profile active', []],
  ['every profile active', EVERY_PROFILE],
];

describeWithCompose('the artifact means what the source means', () => {
  const root = temporaryFolder();

  describe.each(PROFILES)('with %s', (_, profiles) => {
    const expectSameMeaning = async (name: string): Promise<void> => {
      const { routing, folder } = await generate(root(), name);
      const source = parse(compose(folder, [...profiles, ...CONFIG]));

      const artifact = parse(compose(root(), ['-f', projectComposeFile(name), ...profiles, ...CONFIG]));

      expectNetworkOfLabel(artifact);
      expect(withoutNulls(artifact)).toEqual(withoutNulls(expected(source, artifact, routing)));
      // And as our own commands run it, which keeps the extensions of the top level too.
      const called = parse(compose(folder, [...(await filesOf(root(), name)), ...profiles, ...CONFIG]));
      expect(withoutNulls(called)).toEqual(
        withoutNulls({ ...expected(source, called, routing), ...extensions(source) }),
      );
    };

    test.each(readdirSync(FIXTURES))('%s', async (fixture) => {
      cpSync(join(FIXTURES, fixture), join(root(), 'projects', fixture), { recursive: true });
      await expectSameMeaning(fixture);
    });

    test.each(readdirSync(CONFIG_FIXTURES))('%s of libs/config', async (fixture) => {
      cpSync(join(CONFIG_FIXTURES, fixture), root(), { recursive: true });
      await expectSameMeaning('app');
    });
  });
});

/**
 * Compose looks for `env_file` and `project_directory` of an include inside an include from its own working folder, and
 * takes `name:`, COMPOSE_PROFILES and what an env_file refers to from the top level's `.env` alone.
 */
describeWithCompose(
  'the artifact run in its folder with the .env of the source means what the source means',
  () => {
    const root = temporaryFolder();

    test.each(readdirSync(IN_PLACE))('%s', async (fixture) => {
      cpSync(join(IN_PLACE, fixture), join(root(), 'projects', fixture), { recursive: true });
      const { routing, folder } = await generate(root(), fixture);
      const source = parse(compose(folder, CONFIG));
      const dotEnv = join(folder, '.env');

      const artifact = parse(
        compose(dirname(join(root(), projectComposeFile(fixture))), [
          ...(existsSync(dotEnv) ? ['--env-file', dotEnv] : []),
          ...CONFIG,
        ]),
      );

      expectNetworkOfLabel(artifact);
      expect(withoutNulls(artifact)).toEqual(withoutNulls(expected(source, artifact, routing)));
    });
  },
);

/** The project's own files and then what is added to them, as options. */
async function filesOf(root: string, name: string): Promise<string[]> {
  const { settings } = await readSettings(root);
  const { project } = await readProject(root, name, settings);
  const files = [...(project.compose?.files ?? []), `upstream/${name}/docker-compose.ingress.yml`];
  return files.flatMap((file) => ['--file', join(root, file)]);
}

function extensions(source: ComposeConfig): object {
  return Object.fromEntries(Object.entries(source).filter(([key]) => key.startsWith('x-')));
}

/** Gives every service of a project that can have one an ingress row, and the project an egress edge; generates. */
async function generate(root: string, name: string): Promise<{ folder: string; routing: ProjectRouting }> {
  const folder = join(root, 'projects', name);
  const { services } = parse(compose(folder, [...EVERY_PROFILE, ...CONFIG]));
  const rows = Object.entries(services)
    .filter(([, { network_mode }]) => network_mode === undefined)
    .map(
      ([service], index) => `  - service: ${service}
    rule: Host(\`s${index}.example.com\`) && PathRegexp(\`^/$HOME$\`)
    ipv4_address: 172.20.1.${index + 1}
`,
    );
  writeFiles(root, {
    [`projects/${name}/ingress.yml`]: `egress: ['db:postgres']\ningress:\n${rows.join('')}`,
    'projects/db/docker-compose.yml': 'services:\n  postgres: { image: postgres }\n',
    'projects/itsup.yml': 'letsencrypt: { email: ops@example.com }\n',
  });
  const { problems } = await generateWorkspace(root);
  expect(errorsOf(problems)).toEqual([]);
  const { settings } = await readSettings(root);
  const { project } = await readProject(root, name, settings);
  return { folder, routing: routeProject(project, settings) };
}

function parse(config: string): ComposeConfig {
  return JSON.parse(config) as ComposeConfig;
}

/** Traefik finds a container by the name that the label ends up with, among the names that its networks end up with. */
function expectNetworkOfLabel({ services, networks = {} }: ComposeConfig): void {
  for (const { labels = {}, networks: joined = {}, network_mode } of Object.values(services)) {
    if (network_mode !== undefined || labels['traefik.enable'] !== 'true') continue;
    expect(Object.keys(joined).map((key) => networks[key]?.name)).toContain(labels[NETWORK_LABEL]);
  }
}

/**
 * The source's configuration as Compose prints it, plus what a row and an edge bring: labels, below the operator's own;
 * networks on top of the service's; resolvers where it has none. Top-level `x-` keys do not pass an include.
 */
function expected(
  source: ComposeConfig,
  artifact: ComposeConfig,
  { additions, networks: declared }: ProjectRouting,
): ComposeConfig {
  const services = Object.entries(source.services).map(([service, definition]) => {
    if (definition.network_mode !== undefined) return [service, definition] as const;
    const { labels = {}, networks = [] } = additions.find((item) => item.service === service) ?? {};
    expect(Object.keys(labels)).not.toEqual([]);
    const network = artifact.services[service]?.labels?.[NETWORK_LABEL];
    const joined = networks.map(({ name, ipv4Address }) => [
      name,
      ipv4Address ? { ipv4_address: ipv4Address } : {},
    ]);
    return [
      service,
      {
        ...definition,
        labels: { ...printed(labels), ...(network && { [NETWORK_LABEL]: network }), ...definition.labels },
        networks: { ...definition.networks, ...(Object.fromEntries(joined) as object) },
        dns: definition.dns ?? DNS,
      },
    ] as const;
  });
  const meaning = { ...source };
  for (const key of Object.keys(source)) if (key.startsWith('x-')) Reflect.deleteProperty(meaning, key);
  const added = declared.map(({ key, name, kind }) => [
    key,
    {
      name: name ?? `${source.name}_${key}`,
      ...(kind === 'proxynet' ? { external: true } : { internal: true }),
      ipam: {},
    },
  ]);
  return {
    ...meaning,
    services: Object.fromEntries(services),
    // Compose prints the networks that are in use.
    networks: { ...source.networks, ...(Object.fromEntries(added) as object) },
  };
}

/** Compose prints the `$` of a value doubled, so that its output can be read again. */
function printed(labels: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(labels).map(([key, value]) => [key, value.replaceAll('$', '$$$$')]),
  );
}

/** A network joined without options is `null` or `{}`, which say the same. */
function withoutNulls(config: ComposeConfig): unknown {
  return JSON.parse(JSON.stringify(config, (_key, value: unknown) => (value === null ? {} : value)));
}
