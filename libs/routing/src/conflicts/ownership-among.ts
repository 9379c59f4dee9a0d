import type { Problem, Settings } from '@itsup/config';
import { acmeConflicts } from './acme-conflicts';
import { addressConflicts } from './address-conflicts';
import type { Circumstances } from './circumstances';
import { doorsAmong } from './claim/door-guests';
import { guestsAmong } from './claim/guests';
import { claimsOf, termKey, ruleKey } from './claim/claims';
import { claimKey, type Conflict, type RoutedProject } from './conflict';
import { containerConflicts, containerNames, givenNames } from './engine/container-conflicts';
import { nameConflicts, namedObjects } from './name-conflicts';
import { imageConflicts, imageNotes, namedImages } from './engine/image-conflicts';
import { joinedNetworks, namedNetworks, networkConflicts } from './engine/network-conflicts';
import { portConflicts, portsPublishedBy } from './port-conflicts';
import { projectConflicts, projectNames } from './project-conflicts';
import { operatorClaims, operatorConflicts } from './claim/operators';
import { ruleConflicts } from './rule-conflicts';
import { takings } from './claim/takings';
import { tlsConflicts } from './tls-conflicts';
import { operatorTlsOptionConflicts, tlsOptionConflicts } from './tls-option-conflicts';
import { namedVolumes, volumeConflicts, volumeNotes } from './engine/volume-conflicts';

/**
 * The one table of who has what: host names with their paths, ports, names of routers, services, middlewares,
 * containers, networks, volumes and images, of rows, raw rules and labels alike.
 */
export interface Ownership {
  conflicts: Conflict[];
  /** By project, the keys of all that it claims, sorted: what a deploy remembers. */
  holdings: () => Map<string, string[]>;
  /** Projects that have a path, or a port, of another one's domain where nobody asks for consent. */
  guests: { paths: Problem[]; ports: Problem[] };
  /** Projects on other projects' networks, with their volumes, and with images that others build. */
  joined: Problem[];
}

/** Every claim of these projects, and every conflict among them and with what the proxy itself uses. */
export function ownershipAmong(
  routed: readonly RoutedProject[],
  settings: Settings,
  { lookups = () => undefined }: Circumstances = {},
): Ownership {
  const claims = claimsOf(routed, settings, lookups);
  const own = operatorClaims(settings);
  const objects = namedObjects(routed, lookups);
  const networks = namedNetworks(routed);
  const volumes = namedVolumes(routed);
  const images = namedImages(routed, lookups);
  const projects = new Map(routed.map(({ project }) => [project.name, project]));
  const guests = guestsAmong(claims, projects, settings);
  const doors = doorsAmong(claims, projects, settings);
  const conflicts = [
    ...ruleConflicts(claims),
    ...takings(claims),
    ...operatorConflicts(claims, own, settings),
    ...guests.refused,
    ...doors.refused,
    ...tlsConflicts(claims),
    ...tlsOptionConflicts(claims),
    ...operatorTlsOptionConflicts(claims, own),
    ...acmeConflicts(claims),
    ...portConflicts(routed, settings, lookups),
    ...nameConflicts(objects),
    ...containerConflicts(routed, lookups, settings.engine),
    ...projectConflicts(routed),
    ...addressConflicts(routed),
    ...networkConflicts(networks),
    ...volumeConflicts(volumes, settings.isolation),
    ...imageConflicts(images, settings),
  ];
  const holdings = (): Map<string, string[]> => {
    const held = new Map<string, Set<string>>(routed.map(({ project }) => [project.name, new Set()]));
    const hold = (project: string | null, ...keys: string[]): void => {
      const known = project === null ? undefined : held.get(project);
      for (const key of keys) known?.add(key);
    };
    for (const claim of claims) {
      hold(claim.party.project, ruleKey(claim), ...claim.terms.map((term) => termKey(claim, term)));
    }
    for (const { protocol, kind, name, party } of objects) {
      hold(party.project, claimKey('name', protocol, kind, name));
    }
    for (const { name, party } of [
      ...containerNames(routed, lookups, settings.engine),
      ...givenNames(routed, settings.engine),
    ])
      hold(party.project, claimKey('container', name));
    for (const { name, party } of projectNames(routed)) hold(party.project, claimKey('project', name));
    for (const each of routed) {
      const { project, routing } = each;
      for (const { party } of portsPublishedBy(each, lookups)) hold(project.name, ...(party.holds ?? []));
      for (const { hostport, kind } of routing.routes) {
        if (hostport !== null)
          hold(project.name, claimKey('port', `${hostport}/${kind === 'udp' ? 'udp' : 'tcp'}`));
      }
      for (const { ipv4Address } of project.enabled ? project.ingress : []) {
        if (ipv4Address !== null) hold(project.name, claimKey('address', ipv4Address));
      }
    }
    for (const { name, party, by } of networks) {
      if (by !== 'joined') hold(party.project, claimKey('network', name));
    }
    for (const { name, party } of volumes) hold(party.project, claimKey('volume', name));
    for (const { name, party, isBuilt } of images)
      hold(party.project, claimKey(isBuilt ? 'image' : 'runs', name));
    return new Map([...held].map(([project, keys]) => [project, [...keys].sort()]));
  };
  const exporting = new Set(routed.flatMap(({ project }) => (project.exports ? [project.name] : [])));
  const joined = [
    ...joinedNetworks(networks, settings.isolation, exporting),
    ...volumeNotes(volumes, settings.isolation),
    ...imageNotes(images, settings.isolation),
  ];
  return { conflicts, holdings, guests: { paths: guests.notes, ports: doors.notes }, joined };
}
