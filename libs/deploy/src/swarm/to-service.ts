import type { ComposeFileReference, ComposeMount, ComposePort, ComposeService } from '@itsup/docker';
import { labelsOfSwarm } from '@itsup/traefik';

import { KEPT_AS_IS } from './service-keys';
import type { StackChoices } from './stack-choices';
import type { StackDeploy, StackFileReference, StackMount, StackPort, StackService } from './stack-file';
import { bytesOf, tmpfsOf } from './tmpfs';
import { rollbackConfig, updateConfig } from './update-config';

/** Labels that Traefik reads; of a swarm it reads those of the service, not those of its containers. */
const TRAEFIK_LABEL = /^traefik\./i;

/** A service of the canonical model as one of a stack file. What is refused is not looked at here. */
export function toService(name: string, service: ComposeService, choices: StackChoices): StackService {
  const kept = new Set<string>(KEPT_AS_IS);
  const members = Object.entries(service).filter(([key, value]) => kept.has(key) && value !== null);
  const labels = Object.entries(service.labels ?? {}).filter(([key]) => !TRAEFIK_LABEL.test(key));
  const environment = Object.entries(service.environment ?? {});
  const healthcheck = healthcheckOf(service);
  return {
    ...Object.fromEntries(members),
    // A route that changes is to replace no task, so the task does not have it.
    labels: Object.fromEntries(labels),
    image: choices.image(name),
    // A variable without a value is none: the CLI would take one of its own environment.
    environment: Object.fromEntries(
      environment.flatMap(([key, value]) => (value === null ? [] : [[key, value] as const])),
    ),
    networks: networksOf(service),
    ports: (service.ports ?? []).map(toPort),
    volumes: [...(service.volumes ?? []).map(toMount), ...(service.tmpfs ?? []).map(tmpfsMount)],
    configs: (service.configs ?? []).map((reference) => toReference(reference, `/${reference.source}`)),
    secrets: (service.secrets ?? []).map((reference) =>
      toReference(reference, `/run/secrets/${reference.source}`),
    ),
    extra_hosts: (service.extra_hosts ?? []).map((entry) => entry.replace(/^([^=:]+)=/, '$1:')),
    ...(healthcheck && { healthcheck }),
    deploy: toDeploy(name, service, choices),
  };
}

function healthcheckOf({ healthcheck }: ComposeService): Record<string, unknown> | null {
  if (healthcheck === undefined) return null;
  return Object.fromEntries(
    Object.entries(healthcheck).filter(([, value]) => value !== null && value !== false),
  );
}

/** The container's name leads to it in Compose's networks; a task's is its own, so the name becomes one more alias. */
function networksOf(service: ComposeService): StackService['networks'] {
  const { container_name: name } = service;
  return Object.fromEntries(
    Object.entries(service.networks ?? {}).map(([key, use]) => {
      const aliases = [...(use?.aliases ?? []), ...(name === undefined ? [] : [name])];
      return [key, aliases.length === 0 ? {} : { aliases }];
    }),
  );
}

function toPort({ target, published, protocol }: ComposePort): StackPort {
  return { mode: 'host', target, published: Number(published), protocol: protocol ?? 'tcp' };
}

function toMount({ type, source, target, read_only, bind, volume, tmpfs }: ComposeMount): StackMount {
  const size = tmpfs?.size === undefined ? null : bytesOf(tmpfs.size);
  return {
    type,
    ...(source !== undefined && { source }),
    target,
    ...(read_only === true && { read_only }),
    ...(bind?.propagation !== undefined && { bind: { propagation: bind.propagation } }),
    ...(volume?.nocopy === true && { volume: { nocopy: true } }),
    ...(size !== null && { tmpfs: { size } }),
  };
}

/** A stack file takes no options in `tmpfs:`: the CLI would make them a part of the path. */
function tmpfsMount(text: string): StackMount {
  const { target, size } = tmpfsOf(text);
  return { type: 'tmpfs', target, ...(size !== null && { tmpfs: { size } }) };
}

function toReference(
  { source, target, uid, gid, mode }: ComposeFileReference,
  defaultTarget: string,
): StackFileReference {
  return {
    source,
    target: target ?? defaultTarget,
    ...(uid !== undefined && { uid }),
    ...(gid !== undefined && { gid }),
    ...(mode !== undefined && { mode: typeof mode === 'string' ? Number.parseInt(mode, 8) : mode }),
  };
}

function toDeploy(name: string, service: ComposeService, choices: StackChoices): StackDeploy {
  const { deploy = {} } = service;
  const mode = deploy.mode ?? 'replicated';
  const isJob = mode.endsWith('-job');
  const isReplicated = mode.startsWith('replicated');
  const traefik = Object.entries(service.labels ?? {}).filter(([key]) => TRAEFIK_LABEL.test(key));
  const { placement = {} } = deploy;
  const order = choices.order(name);
  return {
    mode,
    ...(isReplicated && { replicas: service.scale ?? deploy.replicas ?? 1 }),
    // The name leads to every task, as in Compose; a virtual address would forget idle connections after 15 minutes.
    endpoint_mode: deploy.endpoint_mode ?? 'dnsrr',
    labels: { ...labelsOfSwarm(Object.fromEntries(traefik)), ...deploy.labels, ...choices.labels?.(name) },
    restart_policy: restartPolicy(service, isJob),
    // A job has no old tasks to replace.
    ...(!isJob && {
      update_config: updateConfig(order, deploy.update_config),
      rollback_config: rollbackConfig(order, deploy.rollback_config),
    }),
    placement: {
      ...placement,
      constraints: [...placementOf(service), ...(choices.constraints?.(name) ?? [])],
    },
    resources: resourcesOf(service),
  };
}

/** What a swarm does without a word is `any`: Compose's `no` would run for ever. */
function restartPolicy(
  { restart = 'no', deploy }: ComposeService,
  isJob: boolean,
): Record<string, string | number> {
  const written = deploy?.restart_policy;
  if (written !== undefined) {
    const members = Object.entries(written).filter(([, value]) => value !== undefined && value !== null);
    return { condition: 'any', ...Object.fromEntries(members) };
  }
  const [policy = 'no', attempts] = restart.split(':');
  switch (policy) {
    case 'always':
    case 'unless-stopped':
      return { condition: isJob ? 'on-failure' : 'any' };
    case 'on-failure':
      return { condition: 'on-failure', ...(attempts !== undefined && { max_attempts: Number(attempts) }) };
    default:
      return { condition: 'none' };
  }
}

/** Names of processors as the kernel of a node has them. */
const KERNEL_NAMES: Readonly<Record<string, string>> = {
  ...{ amd64: 'x86_64', arm64: 'aarch64', '386': 'i686', arm: 'armv7l' },
};

/** Where a service has to run by what its file says. */
export function placementOf({ deploy, platform }: Pick<ComposeService, 'deploy' | 'platform'>): string[] {
  return [...(deploy?.placement?.constraints ?? []), ...platformConstraints(platform)];
}

function platformConstraints(platform: string | undefined): string[] {
  if (platform === undefined || platform === '') return [];
  const [os = '', arch] = platform.split('/');
  return [
    `node.platform.os == ${os}`,
    ...(arch === undefined ? [] : [`node.platform.arch == ${KERNEL_NAMES[arch] ?? arch}`]),
  ];
}

/** Compose takes a limit from either place and refuses two that differ. */
function resourcesOf({
  deploy,
  cpus,
  mem_limit,
  mem_reservation,
  pids_limit,
}: ComposeService): StackDeploy['resources'] {
  const { limits = {}, reservations = {} } = deploy?.resources ?? {};
  const pids = limits.pids ?? pids_limit;
  return {
    limits: {
      ...texts({ cpus: limits.cpus ?? cpus, memory: limits.memory ?? mem_limit }),
      ...(pids !== undefined && pids > 0 && { pids }),
    },
    reservations: {
      ...texts({ cpus: reservations.cpus, memory: reservations.memory ?? mem_reservation }),
      ...(reservations.generic_resources && { generic_resources: reservations.generic_resources }),
    },
  };
}

function texts(values: Record<string, string | number | undefined>): Record<string, string> {
  const set = Object.entries(values).filter(([, value]) => value !== undefined && Number(value) !== 0);
  return Object.fromEntries(set.map(([key, value]) => [key, String(value)]));
}
