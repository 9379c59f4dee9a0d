import { createHash } from 'node:crypto';

import type {
  ComposeModel,
  ComposeStack,
  ContainerDetails,
  ContainerSummary,
  ImageDetails,
} from '@itsup/docker';

/** A container as the simulated `docker ps` lists it. */
export interface ListedContainer {
  fields: Record<'ID' | 'Names' | 'Image' | 'State' | 'Status' | 'Networks' | 'Mounts', string>;
  labels: Record<string, string>;
}

const COMPOSE = 'com.docker.compose';
const STARTED = '2026-01-01T00:00:00Z';
/** That there is one counts, and not what it says. */
const HEALTHCHECK = {
  ...{ test: ['CMD', 'true'], shell: [], intervalMs: 1_000, timeoutMs: 1_000 },
  ...{ startPeriodMs: 0, startIntervalMs: 1_000, retries: 3 },
};

export function toContainer(
  name: string,
  service: string,
  { project, files, cwd }: ComposeStack,
  model: ComposeModel,
  mounts: string[],
): ListedContainer {
  const definition = model.services[service] ?? {};
  const image = definition.image ?? `${project}-${service}`;
  const networks = Object.keys(definition.networks ?? {}).map((key) => model.networks?.[key]?.name ?? key);
  return {
    fields: {
      ID: sha(name),
      Names: name,
      Image: image,
      State: 'running',
      Status: definition.healthcheck ? 'Up 2 hours (healthy)' : 'Up 2 hours',
      Networks: networks.join(','),
      Mounts: mounts.join(','),
    },
    labels: {
      [`${COMPOSE}.project`]: project,
      [`${COMPOSE}.service`]: service,
      [`${COMPOSE}.container-number`]: '1',
      [`${COMPOSE}.oneoff`]: 'False',
      [`${COMPOSE}.config-hash`]: sha(JSON.stringify(definition)),
      [`${COMPOSE}.image`]: imageOf(image).id,
      [`${COMPOSE}.project.working_dir`]: cwd,
      [`${COMPOSE}.project.config_files`]: files.join(','),
    },
  };
}

export function toSummary({ fields, labels }: ListedContainer): ContainerSummary {
  return {
    id: fields.ID,
    name: fields.Names,
    image: fields.Image,
    state: 'running',
    status: fields.Status,
    health: fields.Status.endsWith('(healthy)') ? 'healthy' : null,
    mounts: fields.Mounts.split(',').filter(Boolean),
    ports: [],
    networks: fields.Networks.split(',').filter(Boolean),
    compose: {
      project: labels[`${COMPOSE}.project`] ?? '',
      service: labels[`${COMPOSE}.service`] ?? '',
      configHash: labels[`${COMPOSE}.config-hash`] ?? '',
      number: 1,
      oneoff: false,
      workingDir: labels[`${COMPOSE}.project.working_dir`] ?? '',
      configFiles: [labels[`${COMPOSE}.project.config_files`] ?? ''],
      imageId: labels[`${COMPOSE}.image`] ?? '',
    },
    labels: {},
  };
}

export function toDetails({ fields, labels }: ListedContainer): ContainerDetails {
  return {
    id: fields.ID,
    name: fields.Names,
    image: fields.Image,
    imageId: labels[`${COMPOSE}.image`] ?? '',
    labels,
    createdAt: STARTED,
    state: 'running',
    running: true,
    pid: 1,
    exitCode: 0,
    oomKilled: false,
    error: '',
    restartCount: 0,
    startedAt: STARTED,
    finishedAt: null,
    health: fields.Status.endsWith('(healthy)') ? { status: 'healthy', failingStreak: 0, log: [] } : null,
    healthcheck: fields.Status.endsWith('(healthy)') ? HEALTHCHECK : null,
    networks: {},
    networkMode: 'bridge',
    joins: [],
    mounts: [],
    restartPolicy: { name: 'no', maximumRetryCount: 0 },
    ports: [],
    stopSignal: null,
    stopTimeoutSeconds: null,
    user: '',
  };
}

export function imageOf(reference: string): ImageDetails {
  return {
    id: `sha256:${sha(reference)}`,
    tags: [reference],
    repoDigests: [],
    labels: {},
    exposedPorts: [],
    hasHealthcheck: false,
    volumes: [],
    lastTagged: null,
  };
}

function sha(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
