const PREFIX = 'com.docker.compose.';

/**
 * Labels by which Compose knows what it made (docker/compose, pkg/api/labels.go). They stay in this library: others
 * ask the functions below.
 */
export const COMPOSE_LABELS = {
  project: `${PREFIX}project`,
  service: `${PREFIX}service`,
  configHash: `${PREFIX}config-hash`,
  /** Replicas of one service are numbered. */
  number: `${PREFIX}container-number`,
  oneoff: `${PREFIX}oneoff`,
  /** Of a container that runs a hook: which. */
  hook: `${PREFIX}hook`,
  workingDir: `${PREFIX}project.working_dir`,
  configFiles: `${PREFIX}project.config_files`,
  /** The image's id when the container was made. */
  image: `${PREFIX}image`,
  dependsOn: `${PREFIX}depends_on`,
  /** Of a network: its key in the Compose file. */
  network: `${PREFIX}network`,
} as const;

/** What Compose made a container, a network or a volume for; a name that is not there is empty. */
export interface ComposeOwner {
  project: string;
  service: string;
}

/** Whose something with these labels is, as Compose wrote it. */
export function composeOwner(labels: Readonly<Record<string, string>>): ComposeOwner {
  return { project: labels[COMPOSE_LABELS.project] ?? '', service: labels[COMPOSE_LABELS.service] ?? '' };
}

/** Labels of a network that Compose is to take for its own. A hash of its definition it does not ask for. */
export function networkLabels(project: string, key: string): Record<string, string> {
  return { [COMPOSE_LABELS.project]: project, [COMPOSE_LABELS.network]: key };
}

/** Labels of a container that runs a hook of a service, as Compose gives them to its own. */
export function hookLabels({ project, service }: ComposeOwner, hook: string): Record<string, string> {
  return {
    [COMPOSE_LABELS.project]: project,
    [COMPOSE_LABELS.service]: service,
    [COMPOSE_LABELS.oneoff]: 'True',
    [COMPOSE_LABELS.hook]: hook,
  };
}

/** Whether Compose wrote the label. */
export function isComposeLabel(label: string): boolean {
  return label.startsWith(PREFIX);
}

/** Filters for all that Compose made of one project, or of one of its services. */
export function ofComposeProject(project: string, service?: string): string[] {
  const filters = [`${COMPOSE_LABELS.project}=${project}`];
  return service === undefined ? filters : [...filters, `${COMPOSE_LABELS.service}=${service}`];
}

/** Filters for all that Compose made, of any project. */
export const OF_COMPOSE: readonly string[] = [COMPOSE_LABELS.project];

/** The label that `dependenciesOf` reads, for a listing that is to bring it along. */
export const DEPENDENCIES_LABEL = COMPOSE_LABELS.dependsOn;

/** Services that a container's service depends on, as Compose wrote them on it: `db:service_healthy:false,cache:…`. */
export function dependenciesOf(labels: Readonly<Record<string, string>>): string[] {
  return (labels[COMPOSE_LABELS.dependsOn] ?? '')
    .split(',')
    .map((entry) => entry.split(':')[0] ?? '')
    .filter((name) => name !== '');
}
