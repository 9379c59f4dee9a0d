import { composeOwner, isComposeLabel, type NetworkDetails, type VolumeDetails } from '@itsup/docker';

import type { DesiredNetwork, DesiredStack, DesiredVolume, NetworkPlan, ObservedContainer } from '../model';

/** Digests that the last deploy left, by name on the engine; undefined: a version that did not record them. */
type Recorded = Readonly<Record<string, string>> | undefined;

/**
 * Which of the stack's own networks are not as the Compose file wants them: the engine cannot change one, so it is made
 * anew. Compose does so from 2.32 on.
 *
 * @param live those that were looked at: of the others the definition is as the last deploy left it
 * @param containers of the stack
 */
export function planNetworks(
  desired: Pick<DesiredStack, 'services' | 'ownNetworks'>,
  recorded: Recorded,
  live: readonly NetworkDetails[],
  containers: readonly ObservedContainer[],
): NetworkPlan[] {
  return desired.ownNetworks.flatMap((network): NetworkPlan[] => {
    const present = live.find(({ name }) => name === network.name);
    if (present === undefined || !isOurs(network, present)) return [];
    const isKnown = recorded?.[network.name] !== undefined;
    const reasons = differences(network, present, isKnown && isChanged(recorded, network));
    if (reasons.length === 0) return [];
    const members = desired.services.flatMap((service) => {
      const use = service.networks.find((one) => one.network === network.name);
      if (use === undefined) return [];
      return containers
        .filter((one) => one.service === service.name && one.networks.includes(network.name))
        .map((one) => ({
          container: one.id,
          service: service.name,
          aliases: use.aliases,
          ...(use.ip !== undefined && { ip: use.ip }),
          ...(use.ip6 !== undefined && { ip6: use.ip6 }),
          ...(use.linkLocalIps !== undefined && { linkLocalIps: use.linkLocalIps }),
          isRunning: one.state === 'running' || one.state === 'restarting' || one.state === 'paused',
        }));
    });
    const own = new Set(
      containers.filter(({ projectName }) => projectName === network.projectName).map(({ id }) => id),
    );
    const guests = present.containers.filter(({ id }) => !own.has(id)).map(({ name }) => name);
    return [{ network: network.name, reasons, members, guests }];
  });
}

/** Volumes whose options are not those of the file: nobody touches them, for their data would be lost. */
export function volumeNotes(
  desired: readonly DesiredVolume[],
  recorded: Recorded,
  live: readonly VolumeDetails[],
): string[] {
  return desired.flatMap((volume) => {
    const present = live.find(({ name }) => name === volume.name);
    if (present === undefined) return [];
    const changed = [
      ...(volume.driver !== null && volume.driver !== present.driver ? ['driver'] : []),
      ...optionDifferences('driver_opts', volume.options, present.options, isChanged(recorded, volume)),
      ...optionDifferences(
        'labels',
        volume.labels,
        withoutComposes(present.labels),
        isChanged(recorded, volume),
      ),
    ];
    if (changed.length === 0) return [];
    return [
      `volume ${volume.name} was made with another ${changed.join(', ')}, and is left as it is: a volume made anew is empty. To have that: save its data, itsup down the project, docker volume rm ${volume.name}`,
    ];
  });
}

/** One that Compose did not make for this project is used as it is. */
function isOurs({ projectName }: DesiredNetwork, { labels }: NetworkDetails): boolean {
  return composeOwner(labels).project === projectName;
}

/**
 * By what the engine says of the network; what it has on top counts only where the definition is known to have changed.
 */
function differences(network: DesiredNetwork, live: NetworkDetails, changed: boolean): string[] {
  const reasons: string[] = [];
  if (network.driver !== null && network.driver !== live.driver)
    reasons.push(`driver ${live.driver} → ${network.driver}`);
  if (network.internal !== live.internal) reasons.push(`internal ${live.internal} → ${network.internal}`);
  if (network.attachable !== live.attachable)
    reasons.push(`attachable ${live.attachable} → ${network.attachable}`);
  if (network.ipv6 !== null && network.ipv6 !== live.ipv6)
    reasons.push(`enable_ipv6 ${live.ipv6} → ${network.ipv6}`);
  reasons.push(...optionDifferences('driver_opts', network.options, live.options, changed));
  reasons.push(...optionDifferences('labels', network.labels, withoutComposes(live.labels), changed));
  const missing = network.subnets.filter(
    (wanted) =>
      !live.subnets.some(
        (one) =>
          one.subnet === wanted.subnet &&
          (wanted.gateway === null || wanted.gateway === one.gateway) &&
          (wanted.ipRange === null || wanted.ipRange === one.ipRange),
      ),
  );
  if (missing.length > 0) reasons.push(`ipam ${missing.map(({ subnet }) => subnet).join(', ')}`);
  // Of the rest (addresses that are set aside, the IPAM driver, its options) the record alone knows; Compose, too, goes
  // by a digest of the whole definition.
  if (changed && reasons.length === 0) reasons.push('its definition');
  return reasons;
}

function optionDifferences(
  key: string,
  wanted: Readonly<Record<string, string>>,
  live: Readonly<Record<string, string>>,
  extrasCount: boolean,
): string[] {
  const names = Object.keys(wanted).filter((name) => wanted[name] !== live[name]);
  if (extrasCount) names.push(...Object.keys(live).filter((name) => wanted[name] === undefined));
  return names.length === 0 ? [] : [`${key} ${names.sort().join(', ')}`];
}

function withoutComposes(labels: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).filter(([key]) => !isComposeLabel(key)));
}

/** Whether the definition is not the one that the last deploy left, or that is not known. */
export function isChanged(
  recorded: Recorded,
  { name, digest, earlierDigest }: { name: string; digest: string; earlierDigest?: string },
): boolean {
  const known = recorded?.[name];
  return known === undefined || (known !== digest && known !== earlierDigest);
}
