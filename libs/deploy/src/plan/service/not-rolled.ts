import type { ComposeService } from '@itsup/docker';

/** What the operator wrote under `x-itsup:` of a service. */
export interface ServiceOptions {
  /** true, false: overrides the decision; null: the facts decide. */
  rollout: boolean | null;
  /** How long a start may take until it is ready; null: what its health check allows. */
  start: { deadlineMs: number | null };
  drain: { deadlineMs: number | null; hook: string[] | null };
  /** How long a request waits while the service is recreated; 0: not at all, null: the default. */
  hold: { deadlineMs: number | null };
}

/**
 * Facts that keep a service from being rolled, in words that follow "not rolled:". Empty: two of its containers can run
 * side by side. `x-itsup: {rollout: …}` overrides them, except where a second container could not even start.
 * @param services all of the stack: another one may share this one's network
 */
export function notRolledFacts(
  name: string,
  services: Record<string, ComposeService>,
  options: ServiceOptions,
  hostNetworkMayRoll = false,
): string[] {
  const service = services[name];
  if (service === undefined) return [];
  const impossible = [...exclusiveFacts(service), ...sharedNetworkFacts(name, services)];
  if (options.rollout === false) return ['x-itsup says rollout: false'];
  if (options.rollout === true) return impossible;
  return [
    ...impossible,
    ...hostNetwork(service, hostNetworkMayRoll),
    ...writableVolumes(service),
    ...writableVolumesOfOthers(service, services),
  ];
}

/** A second container of the service could not be created or started. */
function exclusiveFacts(service: ComposeService): string[] {
  const facts: string[] = [];
  const addFact = (what: string, address: string | undefined): void => {
    const fact = `${what} ${address ?? ''} is pinned`;
    if (address !== undefined && address !== '' && !facts.includes(fact)) facts.push(fact);
  };
  if (service.container_name !== undefined)
    facts.push(`container_name ${service.container_name} is taken once`);
  for (const port of service.ports ?? []) {
    if (port.published !== undefined && port.published !== '' && port.published !== '0') {
      facts.push(`publishes host port ${port.published}${port.protocol === 'udp' ? '/udp' : ''}`);
    }
  }
  for (const network of Object.values(service.networks ?? {})) {
    // Two containers with one of them disturb each other, where the engine lets the second one start at all.
    for (const address of [network?.ipv4_address, network?.ipv6_address]) addFact('address', address);
    addFact('mac_address', network?.mac_address);
    for (const address of network?.link_local_ips ?? []) addFact('address', address);
  }
  addFact('mac_address', service.mac_address);
  return facts;
}

/** Sharing a namespace binds two containers together: replacing one breaks the other. */
function sharedNetworkFacts(name: string, services: Record<string, ComposeService>): string[] {
  const facts: string[] = [];
  const own = services[name];
  for (const mode of [own?.network_mode, own?.pid, own?.ipc]) {
    if (mode?.startsWith('service:') || mode?.startsWith('container:'))
      facts.push(`shares a namespace with ${mode}`);
  }
  for (const [other, service] of Object.entries(services)) {
    if ([service.network_mode, service.pid, service.ipc].includes(`service:${name}`)) {
      facts.push(`${other} shares its namespace`);
    }
  }
  return facts;
}

function hostNetwork(service: ComposeService, mayRoll: boolean): string[] {
  return service.network_mode === 'host' && !mayRoll ? ['uses the host network'] : [];
}

function writableVolumes(service: ComposeService): string[] {
  return (service.volumes ?? [])
    .filter((mount) => mount.read_only !== true && !['tmpfs', 'image', 'npipe'].includes(mount.type))
    .map((mount) => {
      if (mount.type === 'bind') return `bind mount ${mount.target} is writable`;
      return `volume ${mount.source ?? mount.target} is writable`;
    });
}

/**
 * Compose leaves away a `:ro` here, so they are as writable as where they come from; of another project's nobody knows.
 */
function writableVolumesOfOthers(
  { volumes_from: from = [] }: ComposeService,
  services: Record<string, ComposeService>,
  seen: ReadonlySet<string> = new Set(),
): string[] {
  return from.flatMap((text) => {
    const [name = ''] = text.split(':');
    const other = services[name];
    if (name === 'container' || other === undefined) return [`volumes of ${text} may be writable`];
    if (seen.has(name)) return [];
    const isWritable =
      writableVolumes(other).length > 0 ||
      writableVolumesOfOthers(other, services, new Set([...seen, name])).length > 0;
    return isWritable ? [`volumes of ${name} are writable`] : [];
  });
}
