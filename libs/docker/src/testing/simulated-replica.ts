import { boundService } from '../compose/bound-service';
import type { ComposeStack } from '../compose/compose';
import type { ComposeModel, ComposeService } from '../compose/compose-model';
import { hangsOnOf } from '../compose/hangs-on';
import { COMPOSE_LABELS } from '../compose/labels';
import type { HealthcheckSettings } from '../container/container';
import { configHash } from './config-hash';
import { sha256 } from './sha256';
import { HEALTHCHECK, type ContainerDefinition, type Endpoint } from './simulated-container';
import type { SimulatedEngine } from './simulated-engine';

/** What Compose makes a replica of a service from. @throws DockerError when its image is not there */
export function replicaOf(
  engine: SimulatedEngine,
  { project, cwd, files }: ComposeStack,
  name: string,
  model: ComposeModel,
  number: number,
): ContainerDefinition {
  const service = model.services[name] ?? {};
  const reference = service.image ?? `${project}-${name}`;
  const image = engine.imageFor(reference);
  const made = service.container_name ?? `${project}-${name}-${number}`;
  const networks = Object.entries(service.networks ?? {}).map(([key, own]): [string, Endpoint] => [
    model.networks?.[key]?.name ?? key,
    { aliases: [made, name, ...(own?.aliases ?? [])], pinned: own?.ipv4_address ?? null, address: null },
  ]);
  const volumeOf = (key: string): string => model.volumes?.[key]?.name ?? key;
  return {
    name: made,
    reference,
    imageId: image.id,
    behaviour: image.behaviour,
    labels: {
      ...service.labels,
      [COMPOSE_LABELS.project]: project,
      [COMPOSE_LABELS.service]: name,
      [COMPOSE_LABELS.number]: String(number),
      [COMPOSE_LABELS.oneoff]: 'False',
      [COMPOSE_LABELS.configHash]: createdHash(engine, project, service),
      [COMPOSE_LABELS.image]: image.id,
      [COMPOSE_LABELS.workingDir]: cwd,
      [COMPOSE_LABELS.configFiles]: files.join(','),
    },
    environment: service.environment ?? {},
    networks: new Map(networks),
    networkMode: modeOf(engine, project, service) ?? networks[0]?.[0] ?? 'none',
    joins: hangsOnOf(service).flatMap((on) => oldestOf(engine, project, on.service)),
    mounts: (service.volumes ?? []).map(
      ({ type, source = sha256(made), target, read_only: readOnly = false }) => ({
        type,
        name: type === 'volume' ? volumeOf(source) : null,
        source,
        destination: target,
        readOnly,
      }),
    ),
    ports: (service.ports ?? []).flatMap(
      ({ target, published = '', protocol = 'tcp', host_ip: hostIp = '' }) =>
        /^\d+$/.test(published)
          ? [{ containerPort: target, protocol, hostIp, hostPort: Number(published) }]
          : [],
    ),
    restart: service.restart ?? 'no',
    healthcheck: checkOf(service),
    ...(image.settlingMs !== undefined && { settlingMs: image.settlingMs }),
  };
}

/** The config hash that a container of the service gets now: with the ids of containers that it uses. */
export function createdHash(engine: SimulatedEngine, project: string, service: ComposeService): string {
  const used = hangsOnOf(service).flatMap((on): [string, string][] =>
    oldestOf(engine, project, on.service).map((id) => [on.service, id]),
  );
  return configHash(boundService(service, Object.fromEntries(used)) ?? service);
}

function checkOf({ healthcheck }: ComposeService): HealthcheckSettings | null {
  if (healthcheck === undefined || healthcheck.disable === true) return null;
  const { test = HEALTHCHECK.test } = healthcheck;
  return { ...HEALTHCHECK, test: typeof test === 'string' ? ['CMD-SHELL', test] : test };
}

/** Compose asks for another service's network by its container's id. */
function modeOf(engine: SimulatedEngine, project: string, service: ComposeService): string | undefined {
  const on = hangsOnOf(service).find(({ by }) => by === 'network');
  const [id] = on === undefined ? [] : oldestOf(engine, project, on.service);
  return id === undefined ? service.network_mode : `container:${id}`;
}

/** The container that Compose takes where another service's uses this one's. */
function oldestOf(engine: SimulatedEngine, project: string, service: string): string[] {
  const [first] = engine.of(project, service).sort((a, b) => a.number - b.number);
  return first === undefined ? [] : [first.id];
}
