import { COMPOSE_LABELS } from '../compose/labels';
import type {
  ComposeIdentity,
  ContainerState,
  ContainerSummary,
  HealthStatus,
  ListContainersOptions,
} from './container';
import { jsonFormat, labelFields, labelTemplate, parseJsonLines, pickLabels } from '../process/json-format';

const COMPOSE_FIELDS = {
  project: labelTemplate(COMPOSE_LABELS.project),
  service: labelTemplate(COMPOSE_LABELS.service),
  configHash: labelTemplate(COMPOSE_LABELS.configHash),
  number: labelTemplate(COMPOSE_LABELS.number),
  oneoff: labelTemplate(COMPOSE_LABELS.oneoff),
  workingDir: labelTemplate(COMPOSE_LABELS.workingDir),
  configFiles: labelTemplate(COMPOSE_LABELS.configFiles),
  imageId: labelTemplate(COMPOSE_LABELS.image),
};

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
      ...COMPOSE_FIELDS,
      ...labelFields(labels),
    }),
  ];
}

/** The rows of a listing made with `listContainersArguments` and the same labels. */
export function parseContainerList(stdout: string, labels: string[] = []): ContainerSummary[] {
  return parseJsonLines(stdout).map((row) => ({
    id: row['id'] ?? '',
    // Links add names of the form other/alias.
    name: (row['names'] ?? '').split(',').find((name) => !name.includes('/')) ?? '',
    image: row['image'] ?? '',
    state: (row['state'] ?? '') as ContainerState,
    status: row['status'] ?? '',
    health: healthOf(row['status'] ?? ''),
    networks: split(row['networks']),
    mounts: split(row['mounts']),
    compose: composeIdentity(row),
    labels: pickLabels(row, labels),
  }));
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
