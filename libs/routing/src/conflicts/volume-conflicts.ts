import type { Isolation, Problem } from '@itsup/config';
import { composeProjectName } from '../names/compose-name';
import { collect } from '../names/order';
import { resolvedName } from '../networks/traefik-network';
import {
  claimKey,
  compareParties,
  conflictAt,
  holding,
  listed,
  type Conflict,
  type Party,
  type RoutedProject,
} from './conflict';

/** A volume by its name on the engine, and a project that makes it or mounts another one's. */
export interface NamedVolume {
  name: string;
  party: Party & { project: string };
  /** joined: `external: true`. */
  by: 'file' | 'joined';
  /** The name is written, not the one that Compose gives. */
  isWritten: boolean;
}

/** The volumes of these projects by their real names; one whose name only a deploy knows is left out. */
export function namedVolumes(routed: readonly RoutedProject[]): NamedVolume[] {
  return routed.flatMap(({ project }): NamedVolume[] => {
    if (!project.enabled) return [];
    const composeProject = composeProjectName(project);
    return Object.entries(project.compose?.volumeFacts ?? {}).flatMap(([key, facts]): NamedVolume[] => {
      const written = facts.name ?? (facts.external ? key : `${composeProject}_${key}`);
      const name = facts.nameUnknown === true ? null : resolvedName(written, composeProject);
      if (name === null) return [];
      const party = { project: project.name, label: `${project.name}'s volume ${key}`, place: facts.place };
      return [{ name, party, by: facts.external ? 'joined' : 'file', isWritten: facts.name !== null }];
    });
  });
}

/**
 * Volumes that two projects make, where isolation is strict. Who writes the name that another one's volume has by itself
 * takes it.
 */
export function volumeConflicts(volumes: readonly NamedVolume[], isolation: Isolation): Conflict[] {
  if (isolation !== 'strict') return [];
  return [...byName(volumes)].flatMap(([name, made]) => {
    if (new Set(made.map(({ party }) => party.project)).size < 2) return [];
    const parties = made.map(({ party }) => holding(party, claimKey('volume', name))).sort(compareParties);
    const takers = made.filter(({ isWritten }) => isWritten).map(({ party }) => party.project);
    const isTaken = takers.length > 0 && takers.length < made.length;
    const at = isTaken ? parties.find(({ project }) => project === takers[0]) : parties.at(-1);
    if (!at) return [];
    const others = parties.filter((party) => party !== at);
    return [
      conflictAt(
        at,
        others,
        {
          code: 'volume-name-conflict',
          message: `${listed(parties.map(({ label }) => label))} would be one volume, ${name}`,
          help: 'give it another name:, or none',
        },
        ({ label }) => `${label} is here`,
        isTaken ? takers : [],
      ),
    ];
  });
}

/**
 * A project that mounts another one's volume reads and changes what is in it: a note, and an error when isolation is
 * strict or the other one says in `exports` what is for others.
 *
 * @param exporting projects with `exports`
 */
export function sharedVolumes(
  volumes: readonly NamedVolume[],
  isolation: Isolation,
  exporting: ReadonlySet<string> = new Set(),
): Problem[] {
  const makers = byName(volumes);
  return volumes.flatMap(({ name, party, by }): Problem[] => {
    const made = makers.get(name) ?? [];
    const owner = (made.find(({ isWritten }) => !isWritten) ?? made[0])?.party;
    if (owner === undefined || owner.project === party.project) return [];
    const isClosed = isolation === 'strict' || exporting.has(owner.project);
    // Of two that make it the table of conflicts says who may.
    if (by === 'file' && isolation === 'strict') return [];
    return [
      {
        code: 'volume-shared',
        severity: isClosed ? 'error' : 'note',
        message: `${party.label} is ${name}, a volume of ${owner.project}: it reads and changes what is in it`,
        help: 'give it another name:, or none, unless both are to have the same files',
        project: party.project,
        ...(party.place ? { place: party.place } : {}),
        ...(owner.place ? { related: [{ message: `${owner.label} is here`, place: owner.place }] } : {}),
      },
    ];
  });
}

function byName(volumes: readonly NamedVolume[]): Map<string, NamedVolume[]> {
  const made = new Map<string, NamedVolume[]>();
  for (const volume of volumes) if (volume.by === 'file') collect(made, volume.name, volume);
  return made;
}
