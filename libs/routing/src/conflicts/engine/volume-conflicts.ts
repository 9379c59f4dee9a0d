import { listed, isActive, type ComposeFacts, type Isolation, type Problem } from '@itsup/config';
import { composeProjectName } from '../../names/compose-name';
import { collect } from '../../names/order';
import { resolvedName } from '../../networks/traefik-network';
import {
  claimKey,
  compareParties,
  conflictAt,
  holding,
  noteAt,
  type Conflict,
  type Party,
  type RoutedProject,
} from '../conflict';

/** A volume by its name on the engine, and a project that makes it or mounts another one's. */
export interface NamedVolume {
  name: string;
  party: Party & { project: string };
  /** joined: `external: true`. */
  by: 'file' | 'joined';
  /** The name is written, not the one that Compose gives. */
  isWritten: boolean;
}

/**
 * The volumes that services of these projects mount, by their real names; one whose name only a deploy knows is left
 * out, and so is one that nobody mounts: Compose drops it.
 */
export function namedVolumes(routed: readonly RoutedProject[]): NamedVolume[] {
  return routed.flatMap(({ project }): NamedVolume[] => {
    if (!project.enabled || project.compose === null) return [];
    const composeProject = composeProjectName(project);
    const mounted = mountedKeys(project.compose);
    return Object.entries(project.compose.volumeFacts ?? {}).flatMap(([key, facts]): NamedVolume[] => {
      const written = facts.name ?? (facts.external ? key : `${composeProject}_${key}`);
      const name = facts.nameUnknown === true ? null : resolvedName(written, composeProject);
      if (name === null || mounted?.has(key) === false) return [];
      const party = { project: project.name, label: `${project.name}'s volume ${key}`, place: facts.place };
      return [{ name, party, by: facts.external ? 'joined' : 'file', isWritten: facts.name !== null }];
    });
  });
}

/** null: not all services are known. */
function mountedKeys(compose: ComposeFacts): ReadonlySet<string> | null {
  if (compose.partial === true || compose.services.some(({ partial }) => partial === true)) return null;
  return new Set(
    compose.services.flatMap((service) => (isActive(compose, service) ? (service.volumeKeys ?? []) : [])),
  );
}

/**
 * Volumes that one project makes and another one makes or mounts, where isolation is strict: the other one takes it,
 * also where it writes the name that the first one's has by itself. One that no project makes is nobody's.
 */
export function volumeConflicts(volumes: readonly NamedVolume[], isolation: Isolation): Conflict[] {
  if (isolation !== 'strict') return [];
  return sharedVolumes(volumes).flatMap(({ name, owner, all }) => {
    const isNamedByItself = all.some(({ by, isWritten }) => by === 'file' && !isWritten);
    const takers = all.filter(({ by, isWritten }) => by === 'joined' || (isNamedByItself && isWritten));
    const parties = all.map(({ party }) => holding(party, claimKey('volume', name))).sort(compareParties);
    const taker = parties.findLast(({ project }) => takers.some(({ party }) => party.project === project));
    const at = taker ?? parties.findLast(({ project }) => project !== owner.project);
    if (at === undefined) return [];
    return [
      conflictAt(
        at,
        parties.filter((party) => party !== at),
        {
          code: 'volume-conflict',
          message: `${listed(parties.map(({ label }) => label))} would be one volume, ${name}`,
          help: 'give it another name:, or none; one for all is made by hand (docker volume create) and external: true in each',
        },
        ({ label }) => `${label} is here`,
        takers.map(({ party }) => party.project),
      ),
    ];
  });
}

/** The same among projects that trust each other: said, and no more. */
export function volumeNotes(volumes: readonly NamedVolume[], isolation: Isolation): Problem[] {
  if (isolation === 'strict') return [];
  return sharedVolumes(volumes).flatMap(({ name, owner, all }) =>
    all
      .filter(({ party }) => party.project !== owner.project)
      .map(({ party }) =>
        noteAt(party, [owner], {
          code: 'volume-shared',
          message: `${party.label} is ${name}, a volume of ${owner.project}: it reads and changes what is in it`,
          help: 'give it another name:, or none, unless both are to have the same files',
        }),
      ),
  );
}

/** Volumes of several projects that one of them makes; whose name is Compose's own owns it, else the first. */
function sharedVolumes(
  volumes: readonly NamedVolume[],
): { name: string; owner: NamedVolume['party']; all: NamedVolume[] }[] {
  const byName = new Map<string, NamedVolume[]>();
  for (const volume of volumes) collect(byName, volume.name, volume);
  return [...byName].flatMap(([name, all]) => {
    const made = all.filter(({ by }) => by === 'file');
    const owner = (made.find(({ isWritten }) => !isWritten) ?? made[0])?.party;
    const isShared = new Set(all.map(({ party }) => party.project)).size > 1;
    return owner === undefined || !isShared ? [] : [{ name, owner, all }];
  });
}
