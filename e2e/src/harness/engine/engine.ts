import { output, run } from '../run';

const PROJECT_LABEL = 'com.docker.compose.project';
const PROXY = 'proxy';

/** A container as the engine describes it, with what the tests compare. */
export interface ContainerState {
  id: string;
  name: string;
  service: string;
  image: string;
  startedAt: string;
  status: string;
  /** null: it has no health check. */
  health: string | null;
  /** Address by network name. */
  addresses: Record<string, string>;
}

interface Inspected {
  Id: string;
  Name: string;
  Image: string;
  Config: { Labels: Record<string, string> };
  State: { Status: string; StartedAt: string; Health?: { Status: string } };
  NetworkSettings: { Networks: Record<string, { IPAddress: string }> };
}

/** The containers of a Compose project, stopped ones included, sorted by name. */
export async function containersOf(project: string): Promise<ContainerState[]> {
  const ids = await idsOf('container', `${PROJECT_LABEL}=${project}`);
  if (ids.length === 0) return [];
  const inspected = JSON.parse(await output('docker', ['inspect', ...ids])) as Inspected[];
  return inspected
    .map((container) => ({
      id: container.Id,
      name: container.Name.slice(1),
      service: container.Config.Labels['com.docker.compose.service'] ?? '',
      image: container.Image,
      startedAt: container.State.StartedAt,
      status: container.State.Status,
      health: container.State.Health?.Status ?? null,
      addresses: Object.fromEntries(
        Object.entries(container.NetworkSettings.Networks).map(([name, network]) => [
          name,
          network.IPAddress,
        ]),
      ),
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** What tells one run of the project's containers from another: a new or restarted container changes it. */
export async function identityOf(project: string): Promise<string[]> {
  return (await containersOf(project)).map(({ name, id, startedAt }) => `${name} ${id} ${startedAt}`);
}

/** Removes containers, networks, volumes and images of the Compose projects whose name begins with `prefix`. */
export async function removeProjects(prefix: string): Promise<void> {
  await removeAll((project) => project.startsWith(prefix));
  const images = await output('docker', ['image', 'ls', '--quiet', '--filter', `reference=${prefix}*`]);
  const ids = [...new Set(images.split('\n').filter(Boolean))];
  if (ids.length > 0) await run('docker', ['image', 'rm', '--force', ...ids]);
}

/** The folder that the proxy on this engine was deployed from; null when there is none. */
export async function proxyFolder(): Promise<string | null> {
  const format = '{{.Label "com.docker.compose.project.working_dir"}}';
  const folders = await output('docker', [
    ...['container', 'ls', '--all', '--filter', `label=${PROJECT_LABEL}=${PROXY}`],
    ...['--format', format],
  ]);
  return folders.split('\n')[0] || null;
}

/** Removes the proxy's containers, networks and volumes, and proxynet when nothing is on it any more. */
export async function removeProxy(): Promise<void> {
  await removeAll((project) => project === PROXY);
  await run('docker', ['network', 'rm', 'proxynet']);
}

async function removeAll(matches: (project: string) => boolean): Promise<void> {
  const removals: [kind: string, remove: string[]][] = [
    ['container', ['rm', '--force', '--volumes']],
    ['network', ['network', 'rm']],
    ['volume', ['volume', 'rm']],
  ];
  for (const [kind, remove] of removals) {
    const ids = await idsWhere(kind, matches);
    if (ids.length > 0) await run('docker', [...remove, ...ids]);
  }
}

async function idsWhere(kind: string, matches: (project: string) => boolean): Promise<string[]> {
  const key = kind === 'volume' ? '{{.Name}}' : '{{.ID}}';
  const format = `${key} {{.Label "${PROJECT_LABEL}"}}`;
  const list = await output('docker', [
    kind,
    'ls',
    ...(kind === 'container' ? ['--all'] : []),
    '--format',
    format,
  ]);
  return list
    .split('\n')
    .map((line) => line.split(' '))
    .flatMap(([id, project]) => (id && project && matches(project) ? [id] : []));
}

async function idsOf(kind: 'container', label: string): Promise<string[]> {
  const list = await output('docker', [
    kind,
    'ls',
    '--all',
    '--quiet',
    '--no-trunc',
    '--filter',
    `label=${label}`,
  ]);
  return list.split('\n').filter(Boolean);
}
