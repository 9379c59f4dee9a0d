import { UserError } from '@itsup/config';
import type { ComposeFileObject, ComposeModel, ComposeNetwork, ComposeVolume } from '@itsup/docker';

import { findRefusals } from './refusals/find-refusals';
import { refusedProblems } from './refusals/refused-problems';
import type { StackFile, StackFileObject, StackNetwork, StackVolume } from './stack-file';
import type { FileKind, StackChoices } from './stack-choices';
import { toService } from './to-service';

/** The oldest schema that has all keys of a stack file but `start_interval`; Docker 20.10 knows it. */
const SCHEMA = '3.9';
const SCHEMA_WITH_START_INTERVAL = '3.13';

/**
 * Renders Compose's canonical model as a stack file. It knows every key of the model and passes none on blindly; the
 * defaults of Compose are written out where those of a swarm differ. Texts keep their `$$`, which both sides expand.
 * What comes out holds the values of variables: it goes to the CLI's standard input, and is never written.
 *
 * @param model of `docker compose config`, variables filled in
 * @throws UserError for what a swarm would silently make another thing of
 */
export function toStack(model: ComposeModel, choices: StackChoices): StackFile {
  const refused = findRefusals(model);
  if (refused.length > 0) throw new UserError(refusedProblems(model.name, refused, () => undefined));
  const services = Object.entries(model.services).map(
    ([name, service]) => [name, toService(name, service, choices)] as const,
  );
  const hasStartInterval = services.some(
    ([, { healthcheck }]) => healthcheck?.['start_interval'] !== undefined,
  );
  return {
    version: hasStartInterval ? SCHEMA_WITH_START_INTERVAL : SCHEMA,
    services: Object.fromEntries(services),
    networks: mapped(model.networks, (key, network) => toNetwork(`${model.name}_${key}`, network)),
    volumes: mapped(model.volumes, (key, volume) => toVolume(`${model.name}_${key}`, volume)),
    configs: mapped(model.configs, (key, config) => toFileObject('config', key, config, choices)),
    secrets: mapped(model.secrets, (key, secret) => toFileObject('secret', key, secret, choices)),
  };
}

/** Under the name that Compose gives it, so that a network of the stack is known by one name on both engines. */
function toNetwork(name: string, network: ComposeNetwork | null): StackNetwork {
  const { external, driver, driver_opts, internal, attachable, labels, ipam } = network ?? {};
  if (external === true) return { name: network?.name ?? name, external: true };
  const subnets = (ipam?.config ?? []).flatMap(({ subnet }) => (subnet === undefined ? [] : [{ subnet }]));
  return {
    name: network?.name ?? name,
    driver: 'overlay',
    ...(driver === 'overlay' && driver_opts !== undefined && { driver_opts }),
    ...(internal === true && { internal }),
    ...(attachable === true && { attachable }),
    ...(labels !== undefined && { labels }),
    ...(subnets.length > 0 && { ipam: { config: subnets } }),
  };
}

/** Under the name that Compose gives it, so that the data of a former Compose project is found on its node. */
function toVolume(name: string, volume: ComposeVolume | null): StackVolume {
  const { external, driver, driver_opts, labels } = volume ?? {};
  if (external === true) return { name: volume?.name ?? name, external: true };
  return {
    name: volume?.name ?? name,
    ...(driver !== undefined && { driver }),
    ...(driver_opts !== undefined && { driver_opts }),
    ...(labels !== undefined && { labels }),
  };
}

function toFileObject(
  kind: FileKind,
  key: string,
  object: ComposeFileObject,
  choices: StackChoices,
): StackFileObject {
  const name = object.external === true ? (object.name ?? key) : choices.fileObject(kind, key, object);
  return { name, external: true };
}

function mapped<From, To>(
  entries: Readonly<Record<string, From>> | undefined,
  of: (key: string, value: From) => To,
): Record<string, To> {
  return Object.fromEntries(Object.entries(entries ?? {}).map(([key, value]) => [key, of(key, value)]));
}
