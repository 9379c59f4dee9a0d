import { COMPOSE_LABELS } from '../compose/labels';
import type { HostPort } from './host-port';
import type {
  ComposeIdentity,
  ContainerState,
  ContainerSummary,
  HealthStatus,
  ListContainersOptions,
} from './container';
import { jsonFormat, labelFields, labelTemplate, parseJsonLines, pickLabels } from '../process/json-format';

const COMPOSE_KEYS = {
  project: COMPOSE_LABELS.project,
  service: COMPOSE_LABELS.service,
  configHash: COMPOSE_LABELS.configHash,
  number: COMPOSE_LABELS.number,
  oneoff: COMPOSE_LABELS.oneoff,
  workingDir: COMPOSE_LABELS.workingDir,
  configFiles: COMPOSE_LABELS.configFiles,
  imageId: COMPOSE_LABELS.image,
};

const COMPOSE_FIELDS = Object.fromEntries(
  Object.entries(COMPOSE_KEYS).map(([field, key]) => [field, labelTemplate(key)]),
);

/** Arguments of the listing. It asks for no size, which would make the engine walk file systems. */
export function listContainersArguments({ labelFilters = [], labels = [] }: ListContainersOptions): string[] {
  return [
    'ps',
    '--all',
    '--no-trunc',
    ...labelFilters.flatMap((filter) => ['--filter', `label=${filter}`]),
    '--format',
    jsonFormat({
      id: '.ID',
      names: '.Names',
      image: '.Image',
      state: '.State',
      status: '.Status',
      networks: '.Networks',
      mounts: '.Mounts',
      ports: '.Ports',
      ...COMPOSE_FIELDS,
      ...labelFields(labels),
    }),
  ];
}

/** The same question to the engine's API. */
export function listContainersQuery({ labelFilters = [] }: ListContainersOptions): Record<string, string> {
  return { all: '1', filters: JSON.stringify({ label: labelFilters }) };
}

/** What the engine's API lists, as far as it is read here. */
export type RawListing = {
  Id: string;
  Names: string[] | null;
  Image: string;
  State: string;
  Status: string;
  Labels: Record<string, string> | null;
  NetworkSettings?: { Networks?: Record<string, unknown> | null } | null;
  Mounts?: { Name?: string; Source?: string }[] | null;
  Ports?: { IP?: string; PrivatePort: number; PublicPort?: number; Type: string }[] | null;
}[];

/** The same containers as `docker ps` lists them, whose words the rest of the code knows. */
export function toContainerList(listing: RawListing, labels: string[] = []): ContainerSummary[] {
  return listing.map((raw) => {
    const label = (key: string): string => raw.Labels?.[key] ?? '';
    const row: Record<string, string> = {
      id: raw.Id,
      names: (raw.Names ?? []).map((name) => name.replace(/^\//, '')).join(','),
      image: raw.Image,
      state: raw.State,
      status: raw.Status,
      networks: Object.keys(raw.NetworkSettings?.Networks ?? {}).join(','),
      mounts: (raw.Mounts ?? []).map(({ Name, Source }) => Name || Source).join(','),
      ports: (raw.Ports ?? [])
        .filter(({ PublicPort }) => PublicPort !== undefined)
        .map(({ IP = '', PrivatePort, PublicPort, Type }) => `${IP}:${PublicPort}->${PrivatePort}/${Type}`)
        .join(', '),
    };
    for (const [field, key] of Object.entries(COMPOSE_KEYS)) row[field] = label(key);
    for (const key of labels) row[`label.${key}`] = label(key);
    return summaryOf(row, labels);
  });
}

/** The rows of a listing made with `listContainersArguments` and the same labels. */
export function parseContainerList(stdout: string, labels: string[] = []): ContainerSummary[] {
  return parseJsonLines(stdout).map((row) => summaryOf(row, labels));
}

function summaryOf(row: Record<string, string>, labels: string[]): ContainerSummary {
  return {
    id: row['id'] ?? '',
    // Links add names of the form other/alias.
    name: (row['names'] ?? '').split(',').find((name) => !name.includes('/')) ?? '',
    image: row['image'] ?? '',
    state: (row['state'] ?? '') as ContainerState,
    status: row['status'] ?? '',
    health: healthOf(row['status'] ?? ''),
    networks: split(row['networks']),
    mounts: split(row['mounts']),
    ports: portsIn(row['ports'] ?? ''),
    compose: composeIdentity(row),
    labels: pickLabels(row, labels),
  };
}

/**
 * Published ports of a text such as `0.0.0.0:8080-8081->80-81/tcp, [::]:53->53/udp, 9000/tcp`. Engines before 23 write
 * an address of IPv6 without brackets: `:::53->53/udp`.
 */
function portsIn(text: string): HostPort[] {
  return [...text.matchAll(/([^\s,]*):(\d+)(?:-(\d+))?->[\d-]+\/(\w+)/g)].flatMap(
    ([, address = '', first, last = first, protocol = 'tcp']) =>
      Array.from({ length: Number(last) - Number(first) + 1 }, (_, at) => ({
        address: address.replace(/^\[|\]$/g, ''),
        port: Number(first) + at,
        protocol,
      })),
  );
}

/** The listing tells the health in words alone: `Up 2 minutes (health: starting)`. */
function healthOf(status: string): HealthStatus | null {
  const word = /\((?:health: )?(starting|healthy|unhealthy)\)$/.exec(status)?.[1];
  return (word as HealthStatus | undefined) ?? null;
}

function composeIdentity(row: Record<string, string>): ComposeIdentity | null {
  if (!row['project']) return null;
  return {
    project: row['project'],
    service: row['service'] ?? '',
    configHash: row['configHash'] ?? '',
    number: Number(row['number']) || 1,
    oneoff: row['oneoff']?.toLowerCase() === 'true' || !row['number'],
    workingDir: row['workingDir'] ?? '',
    configFiles: split(row['configFiles']),
    imageId: row['imageId'] ?? '',
  };
}

function split(list: string | undefined): string[] {
  return (list ?? '').split(',').filter((item) => item !== '');
}
