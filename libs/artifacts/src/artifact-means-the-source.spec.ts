import { cpSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { ServiceAdditions } from '@itsup/routing';
import { parseDocument } from 'yaml';
import { projectComposeFile, type ArtifactFile } from './artifact';
import { renderProject } from './render-project';
import { compose, describeWithCompose } from './testing/compose-cli';
import { additions, project, projectRouting, shippedTemplates, withEmail } from './testing/build';
import { temporaryFolder } from './testing/temporary-folder';
import { writeArtifacts } from './write-artifacts';

interface ComposeConfig {
  name: string;
  services: Record<string, ComposeService>;
  networks?: Record<string, unknown>;
}
interface ComposeService {
  labels?: Record<string, string>;
  networks?: Record<string, unknown>;
  network_mode?: string;
  dns?: string[];
}

const FIXTURES = join(__dirname, '__fixtures__/compose');
const IN_PLACE = join(__dirname, '__fixtures__/compose-in-place');
const EVERY_PROFILE = ['--profile', '*'];
const COMPOSE_FILE = /^(?:docker-)?compose\.ya?ml$/;
const OVERRIDE_FILE = /^(?:docker-)?compose\.override\.ya?ml$/;
const DNS = ['172.20.0.253', '1.1.1.1'];

describeWithCompose('the artifact means what the source means', () => {
  const root = temporaryFolder();

  for (const fixture of readdirSync(FIXTURES)) {
    test(fixture, async () => {
      const { folder, file } = await generate(root(), join(FIXTURES, fixture));
      const command = [...(fixture === 'profiles' ? [] : EVERY_PROFILE), 'config', '--format', 'json'];
      const source = parse(compose(folder, command));

      const artifact = parse(compose(root(), ['-f', file, ...command]));

      expect(withoutNulls(artifact)).toEqual(withoutNulls(expected(source, added(folder))));
    });
  }
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
      const { folder, file } = await generate(root(), join(IN_PLACE, fixture));
      const command = ['config', '--format', 'json'];
      const source = parse(compose(folder, command));
      const dotEnv = join(folder, '.env');

      const artifact = parse(
        compose(dirname(join(root(), file)), [
          ...(existsSync(dotEnv) ? ['--env-file', dotEnv] : []),
          ...command,
        ]),
      );

      expect(withoutNulls(artifact)).toEqual(withoutNulls(expected(source, added(folder))));
    });
  },
);

/** Copies a fixture into a workspace and writes its artifact. */
async function generate(root: string, fixture: string): Promise<{ folder: string; file: string }> {
  const name = basename(fixture);
  const folder = join(root, 'projects', name);
  cpSync(fixture, folder, { recursive: true });
  await writeArtifacts(root, render(name, folder));
  return { folder, file: projectComposeFile(name) };
}

function added(folder: string): ServiceAdditions[] {
  const { services } = parse(compose(folder, [...EVERY_PROFILE, 'config', '--format', 'json']));
  return Object.entries(services).map(([name, service]) => addTo(name, service));
}

function parse(config: string): ComposeConfig {
  return JSON.parse(config) as ComposeConfig;
}

/** What routing would add to a service with an ingress row: labels it lacks, proxynet, resolvers. */
function addTo(
  service: string,
  { labels = {}, networks, network_mode, dns }: ComposeService,
): ServiceAdditions {
  const ours = {
    'traefik.enable': 'true',
    'traefik.http.routers.app-web-80.rule': 'Host(`a.example.com`) && PathRegexp(`^/${1}$`)',
    'traefik.http.routers.app-web-80.tls.certresolver': 'letsencrypt',
  };
  const joins = network_mode === undefined;
  return additions({
    service,
    labels: Object.fromEntries(Object.entries(ours).filter(([key]) => labels[key] === undefined)),
    networks: joins ? [{ name: 'proxynet', ipv4Address: '172.20.0.9' }, { name: 'app--db--postgres' }] : [],
    keepDefault: joins && networks?.['default'] !== undefined,
    dns: joins && dns === undefined ? DNS : null,
  });
}

function render(name: string, folder: string): ArtifactFile[] {
  const files = readdirSync(folder);
  const sources = [
    files.find((file) => COMPOSE_FILE.test(file)),
    files.find((file) => OVERRIDE_FILE.test(file)),
  ]
    .filter((file) => file !== undefined)
    .map((file) => `projects/${name}/${file}`);
  const text = readFileSync(join(folder, files.find((file) => COMPOSE_FILE.test(file)) ?? ''), 'utf8');
  const own = parseDocument(text, { merge: true }).get('name');
  return renderProject(
    project({ name }, { files: sources, name: typeof own === 'string' ? own : null }),
    projectRouting({
      additions: added(folder),
      networks: [
        { name: 'app--db--postgres', external: false },
        { name: 'proxynet', external: true },
      ],
    }),
    withEmail(),
    shippedTemplates(),
  );
}

/** The source's configuration plus the additions, as Compose prints them. Top-level `x-` keys do not pass an include. */
function expected(source: ComposeConfig, allAdded: ServiceAdditions[]): ComposeConfig {
  const services = Object.entries(source.services).map(([name, service]) => {
    const { labels, networks, dns } = allAdded.find((item) => item.service === name) ?? additions();
    return [
      name,
      {
        ...service,
        labels: { ...service.labels, ...printed(labels) },
        ...(networks.length > 0 && {
          networks: Object.fromEntries([
            ...Object.entries(service.networks ?? {}),
            ...networks.map((network) => [
              network.name,
              { ...(network.ipv4Address !== undefined && { ipv4_address: network.ipv4Address }) },
            ]),
          ]),
        }),
        ...(dns && { dns }),
      },
    ];
  });
  const meaning = Object.entries(source).filter(([key]) => !key.startsWith('x-'));
  return {
    ...(Object.fromEntries(meaning) as unknown as ComposeConfig),
    services: Object.fromEntries(services),
    networks: {
      ...source.networks,
      proxynet: { name: 'proxynet', external: true, ipam: {} },
      'app--db--postgres': { name: 'app--db--postgres', internal: true, ipam: {} },
    },
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
