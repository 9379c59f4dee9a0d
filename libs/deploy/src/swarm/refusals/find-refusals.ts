import type {
  ComposeFileObject,
  ComposeModel,
  ComposeMount,
  ComposeNetwork,
  ComposeService,
  ComposeServiceNetwork,
} from '@itsup/docker';

import { REFUSED_SERVICE_KEYS, REFUSED_VALUES, type Refusal, type RefusedValue } from './refusals';
import { KNOWN_SERVICE_KEYS } from '../service-keys';
import { isDefaultMode, tmpfsOf } from '../tmpfs';

/** Something of a model that a swarm would silently make another thing of. */
export interface Refused {
  /** Path in the model: `['services', 'web', 'ports', '0']`. */
  path: string[];
  /** How many entries the list has that the path ends in. */
  entries?: number;
  /** As written: `services.web.ports`. */
  what: string;
  /** The row of the table that it falls under. */
  row: Refusal;
}

/** Everything of Compose's canonical model that is refused, in the model's order. */
export function findRefusals(model: ComposeModel): Refused[] {
  return [
    ...Object.entries(model.services).flatMap(([name, service]) => [...ofService(name, service)]),
    ...Object.entries(model.networks ?? {}).flatMap(([name, network]) => [...ofNetwork(name, network)]),
    ...Object.entries(model.volumes ?? {}).flatMap(([name, volume]) =>
      [...Object.values(volume?.driver_opts ?? {}), ...Object.values(volume?.labels ?? {})].some(isTemplate)
        ? [value('template', ['volumes', name])]
        : [],
    ),
    ...(['configs', 'secrets'] as const).flatMap((kind) =>
      Object.entries(model[kind] ?? {}).flatMap(([name, object]) => ofFileObject([kind, name], object)),
    ),
  ];
}

function* ofService(name: string, service: ComposeService): Iterable<Refused> {
  const at = ['services', name];
  for (const [key, member] of Object.entries(service)) {
    if (isAbsent(member) || key.startsWith('x-')) continue;
    if (isRefusedKey(key)) yield { path: [...at, key], what: key, row: REFUSED_SERVICE_KEYS[key] };
    else if (!KNOWN_SERVICE_KEYS.has(key)) yield value('unknown', [...at, key]);
  }
  // Null is what the image has; an empty one is none, and a task's definition has no word for that.
  if (Array.isArray(service.entrypoint) && service.entrypoint.length === 0) {
    yield value('empty-entrypoint', [...at, 'entrypoint'], 'entrypoint: []');
  }
  for (const label of Object.keys(service.deploy?.labels ?? {})) {
    if (TRAEFIK_LABEL.test(label)) yield value('deploy-label', [...at, 'deploy', 'labels', label], label);
  }
  yield* ofPorts(at, service);
  for (const [network, use] of Object.entries(service.networks ?? {})) {
    yield* ofServiceNetwork([...at, 'networks', network], use ?? {});
  }
  for (const [index, entry] of (service.extra_hosts ?? []).entries()) {
    if (/[=:]host-gateway$/.test(entry)) yield value('host-gateway', [...at, 'extra_hosts', String(index)]);
  }
  for (const [key, text] of Object.entries(service.environment ?? {})) {
    if (isTemplate(text)) yield value('template', [...at, 'environment', key]);
  }
  if (isTemplate(service.hostname)) yield value('template', [...at, 'hostname']);
  for (const [index, mount] of (service.volumes ?? []).entries()) {
    yield* ofMount([...at, 'volumes', String(index)], mount);
  }
  for (const [index, text] of (service.tmpfs ?? []).entries()) {
    const { others } = tmpfsOf(text);
    if (others.length > 0) yield value('mount-option', [...at, 'tmpfs', String(index)], `tmpfs ${text}`);
  }
  if ((service.deploy?.resources?.reservations?.devices ?? []).length > 0) {
    yield value('reserved-devices', [...at, 'deploy', 'resources', 'reservations', 'devices']);
  }
}

/** Traefik compares the segments of a label without case. */
const TRAEFIK_LABEL = /^traefik\./i;

/** What is published there is published everywhere by a Swarm as well. */
const EVERY_ADDRESS = ['', '0.0.0.0', '::', '[::]'];

function* ofPorts(at: string[], { ports = [] }: ComposeService): Iterable<Refused> {
  for (const [index, { host_ip: address, published, target }] of ports.entries()) {
    const path = [...at, 'ports', String(index)];
    const entries = ports.length;
    if (address !== undefined && !EVERY_ADDRESS.includes(address)) {
      yield { ...value('port-address', path, `port ${published ?? target} on ${address}`), entries };
    } else if (published === undefined || published === '' || published === '0') {
      yield { ...value('port-any', path, `port ${target}`), entries };
    } else if (!/^\d+$/.test(published)) yield { ...value('port-range', path, `port ${published}`), entries };
  }
}

const ADDRESSES = ['ipv4_address', 'ipv6_address', 'link_local_ips', 'mac_address'] as const;
const OPTIONS = ['driver_opts', 'interface_name'] as const;

function* ofServiceNetwork(at: string[], use: ComposeServiceNetwork): Iterable<Refused> {
  for (const key of ADDRESSES) if (!isAbsent(use[key])) yield value('fixed-address', [...at, key]);
  for (const key of OPTIONS) if (!isAbsent(use[key])) yield value('network-option', [...at, key]);
}

function* ofMount(at: string[], mount: ComposeMount): Iterable<Refused> {
  const what = `mount ${mount.target}`;
  if (!['volume', 'bind', 'tmpfs'].includes(mount.type)) {
    yield value('mount-type', at, `${what} of type ${mount.type}`);
    return;
  }
  if (mount.type === 'volume' && mount.source === undefined) yield value('anonymous-volume', at, what);
  if ([mount.source, mount.target].some(isTemplate)) yield value('template', at, what);
  const { bind, volume, tmpfs } = mount;
  const lost = [bind?.selinux, bind?.recursive, volume?.subpath, volume?.labels];
  const hasMode = tmpfs?.mode !== undefined && !isDefaultMode(tmpfs.mode);
  if (hasMode || lost.some((one) => !isAbsent(one))) yield value('mount-option', at, what);
}

function* ofNetwork(name: string, network: ComposeNetwork | null): Iterable<Refused> {
  if (network === null || network.external) return;
  const at = ['networks', name];
  const driver = network.driver ?? '';
  if (!['', 'default', 'bridge', 'overlay'].includes(driver)) {
    yield value('network-driver', [...at, 'driver'], `driver ${driver}`);
  }
  if (driver !== 'overlay' && !isAbsent(network.driver_opts)) {
    yield value('network-setting', [...at, 'driver_opts']);
  }
  if (network.enable_ipv6 === true) yield value('network-setting', [...at, 'enable_ipv6']);
  if (network.enable_ipv4 === false) yield value('network-setting', [...at, 'enable_ipv4']);
  const { driver: ipamDriver = 'default', options, config = [] } = network.ipam ?? {};
  const isOther = config.some(({ subnet: _subnet, ...rest }) =>
    Object.values(rest).some((one) => !isAbsent(one)),
  );
  if (isOther || ipamDriver !== 'default' || !isAbsent(options))
    yield value('network-setting', [...at, 'ipam']);
}

function ofFileObject(at: string[], object: ComposeFileObject): Refused[] {
  return (['template_driver', 'driver', 'driver_opts'] as const).flatMap((key) =>
    isAbsent(object[key]) ? [] : [value('file-setting', [...at, key])],
  );
}

function value(code: RefusedValue, path: string[], what?: string): Refused {
  const own = path.slice(2).filter((word) => !/^\d+$/.test(word));
  return { path, what: what ?? own.join('.'), row: REFUSED_VALUES[code] };
}

function isRefusedKey(key: string): key is keyof typeof REFUSED_SERVICE_KEYS {
  return Object.hasOwn(REFUSED_SERVICE_KEYS, key);
}

/** What the engine would take for a template (swarmkit's `template.ExpandContainerSpec`). */
function isTemplate(text: string | null | undefined): boolean {
  return text?.includes('{{') === true;
}

/** Compose prints some keys with what it does without them. */
function isAbsent(member: unknown): boolean {
  if (member === undefined || member === null || member === false || member === '') return true;
  if (Array.isArray(member)) return member.length === 0;
  return typeof member === 'object' && Object.keys(member).length === 0;
}
