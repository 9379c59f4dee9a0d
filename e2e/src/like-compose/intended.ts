import { isKnownTo } from './compose-version';
import {
  connectedByName,
  each,
  joinedByUs,
  keptByCompose,
  keptByUs,
  leftByCompose,
  replacedByUs,
  takeOursFor,
} from './level-sides';
import type { Pair, Step } from './reference-run';
import { DEPENDS_ON, type Container, type Snapshot } from './snapshot';

/** A difference to Compose that is meant; the documentation has the same words. */
export interface Intended {
  title: string;
  reason: string;
  /** The version of Compose from which on there is no such difference. */
  beforeCompose?: string;
  /** Makes the steps alike where they differ for this reason; whether they did. */
  level(compose: Step[], ours: Step[]): boolean;
}

/** What every project gets: the resolvers, first of all the proxy's. */
const RESOLVERS = ['172.20.0.253', '1.1.1.1', '9.9.9.9'];

export const INTENDED: Intended[] = [
  {
    title: 'a service that the file names no more',
    reason: 'is removed; Compose leaves its containers and calls them orphans',
    level: (compose, ours) => each(compose, ours, leftByCompose),
  },
  {
    title: 'a service whose profile is not active any more',
    reason: 'is removed when a deploy started it; Compose leaves it running',
    level: (compose, ours) => each(compose, ours, leftByCompose),
  },
  {
    title: 'a build context that changed',
    reason: 'is built anew; Compose builds once and then only when told to',
    level: (compose, ours) => each(compose, ours, keptByCompose),
  },
  {
    title: 'a mounted file, config or secret whose content changed',
    reason:
      'replaces the services that have it, unless it is data: a file that a container may write (bound without `:ro`) and that git does not have; Compose sees a change of the content seldom',
    level: (compose, ours) => each(compose, ours, keptByCompose),
  },
  {
    title: 'a service that depends on one that is made anew',
    reason:
      'stays, as with Compose from 2.30 on, unless `restart: true` says so; an older Compose makes it anew',
    beforeCompose: '2.30',
    level: (compose, ours) => each(compose, ours, keptByUs),
  },
  {
    title: 'a service of which `depends_on` or `profiles` alone change',
    reason: 'stays, as with Compose from 2.32 on; an older Compose makes it anew',
    beforeCompose: '2.32',
    level: (compose, ours) => each(compose, ours, takeOursFor('kept', 'new')),
  },
  {
    title: 'a volume that gets another name',
    reason:
      'is mounted by a new container, as with Compose from 2.32 on; an older Compose keeps the container',
    beforeCompose: '2.32',
    level: (compose, ours) => each(compose, ours, takeOursFor('new', 'kept')),
  },
  {
    title: 'a network whose definition changed',
    reason:
      'gives its containers back under the names of their services; Compose connects them without, and nobody finds them by name',
    level: (compose, ours) => each(compose, ours, connectedByName),
  },
  {
    title: 'a network that gets another name',
    reason:
      'is joined by new containers, and the old network stays; Compose restarts them on it, and fails where it is the only one; an older Compose leaves them where they are',
    level: (compose, ours) => {
      const [theirs, own] = [compose.at(-1), ours.at(-1)];
      const containers = Object.values(own?.snapshot.containers ?? {}).flat();
      const areOnIt = containers.every(
        ({ fate, state, networks }) =>
          fate === 'new' &&
          state === 'running' &&
          Object.keys(networks).some((name) => name.endsWith('-two')),
      );
      if (theirs === undefined || own === undefined || !areOnIt || containers.length === 0) return false;
      own.snapshot = theirs.snapshot;
      return true;
    },
  },
  {
    title: 'networks of a service that only come or only go',
    reason:
      'are joined and left by the containers that run, unless the service has `links` or options of its own on a network that comes; Compose makes them anew',
    level: (compose, ours) => each(compose, ours, joinedByUs),
  },
  {
    title: 'a name that two containers would have',
    reason: 'is refused before anything is touched; an older Compose stops half-way',
    beforeCompose: '5',
    level: (compose, ours) => {
      const [theirs, own] = [compose.at(-1), ours.at(-1)];
      const kept = Object.values(own?.snapshot.containers ?? {}).flat();
      if (theirs === undefined || own === undefined || theirs.isSuccess || own.isSuccess) return false;
      if (kept.length === 0 || kept.some(({ fate }) => fate !== 'kept')) return false;
      own.snapshot = theirs.snapshot;
      return true;
    },
  },
  {
    title: 'a service that is to be restarted with another one',
    reason:
      'is replaced side by side where it can be, so that nothing is lost; Compose stops its container and starts it again',
    level: (compose, ours) => each(compose, ours, replacedByUs),
  },
  {
    title: 'a one-shot that ended well',
    reason:
      'runs again when it changes, or before one that waits for it is replaced; Compose runs it at every `up`',
    level: (compose, ours) => each(compose, ours, takeOursFor('kept', 'restarted')),
  },
  {
    title: 'a container that ends with an error',
    reason: 'ends the deploy with 1, with `required: false` too; Compose has started it, and ends with 0',
    level: (compose, ours) => {
      const failed = ours.filter(
        ({ isSuccess, snapshot }, index) =>
          !isSuccess &&
          compose[index]?.isSuccess === true &&
          Object.values(snapshot.containers)
            .flat()
            .some(({ state }) => /^exited [1-9]/.test(state)),
      );
      for (const step of failed) step.isSuccess = true;
      return failed.length > 0;
    },
  },
  {
    title: 'the last service’s profile is switched off',
    reason: 'the project goes, by the rule above; Compose fails with “no service selected”',
    level: (compose, ours) => {
      const [theirs, own] = [compose.at(-1), ours.at(-1)];
      if (theirs === undefined || own === undefined || theirs.isSuccess || !own.isSuccess) return false;
      if (Object.keys(own.snapshot.containers).length > 0) return false;
      [own.isSuccess, own.snapshot] = [theirs.isSuccess, theirs.snapshot];
      return true;
    },
  },
  {
    title: 'a new version that does not start',
    reason: 'goes again and the old one stays; Compose has removed the old one by then',
    level: (compose, ours) => {
      const [theirs, own] = [compose.at(-1), ours.at(-1)];
      if (theirs === undefined || own === undefined) return false;
      const kept = Object.values(own.snapshot.containers)
        .flat()
        .every(({ fate, state }) => fate === 'kept' && state === 'running');
      const broken = Object.values(theirs.snapshot.containers)
        .flat()
        .some(({ state }) => state !== 'running');
      if (kept && broken) own.snapshot = theirs.snapshot;
      return kept && broken;
    },
  },
  {
    title: 'a port that goes to a service of another name',
    reason:
      'is given up by the old service before the new one starts; Compose leaves the old container, and the new one cannot start',
    level: (compose, ours) => {
      const [theirs, own] = [compose.at(-1), ours.at(-1)];
      if (theirs === undefined || own === undefined || theirs.isSuccess || !own.isSuccess) return false;
      const all = Object.values(own.snapshot.containers).flat();
      if (all.length !== 1 || all[0]?.state !== 'running') return false;
      [own.isSuccess, own.snapshot] = [theirs.isSuccess, theirs.snapshot];
      return true;
    },
  },
  {
    title: 'a new version that is slow',
    reason:
      'is left running where it was recreated, as with Compose, and the deploy ends with 1 after 60 s, what its health check allows, or `x-itsup: { start: { deadline: 10m } }`; where it was rolled it goes, for the old one serves',
    level: failedHereAlone,
  },
  {
    title: 'a recreated service that is unhealthy',
    reason:
      'goes and the old container comes back, unless another version of it may be changing data: then it is left running, as with Compose. The deploy ends with 1 either way',
    level: (compose, ours) => {
      const [theirs, own] = [compose.at(-1), ours.at(-1)];
      if (theirs === undefined || own === undefined || !failedHereAlone(compose, ours)) return false;
      const old = Object.values(own.snapshot.containers).flat();
      const isBack = old.every(({ fate, health }) => fate === 'restarted' && health === 'healthy');
      if (isBack && old.length > 0) own.snapshot = theirs.snapshot;
      return true;
    },
  },
];

/** Takes our failure for Compose's success: what it started runs, and is not healthy. */
function failedHereAlone(compose: Step[], ours: Step[]): boolean {
  const [theirs, own] = [compose.at(-1), ours.at(-1)];
  if (theirs === undefined || own === undefined || !theirs.isSuccess || own.isSuccess) return false;
  own.isSuccess = true;
  return true;
}

/**
 * Both sides without what is meant to differ: what every project gets, and what the row says.
 *
 * @param version of Compose
 */
export function level({ row, compose, ours }: Pair, version: string): { compose: unknown; ours: unknown } {
  const [theirs, own] = structuredClone([compose, ours]);
  for (const step of own) withoutResolvers(step.snapshot);
  for (const [index, step] of own.entries()) withoutDependsOn(theirs[index]?.snapshot, step.snapshot);
  for (const { title, beforeCompose = null, level: makeAlike } of INTENDED)
    if (row.intended?.includes(title) === true)
      if (beforeCompose === null || !isKnownTo(version, { sinceCompose: beforeCompose }))
        makeAlike(theirs, own);
  const bare = (steps: Step[]): unknown =>
    steps.map(({ isSuccess, snapshot }) => ({ isSuccess, ...snapshot }));
  return { compose: bare(theirs), ours: bare(own) };
}

function withoutResolvers({ containers }: Snapshot): void {
  for (const { host } of Object.values(containers).flat())
    if (JSON.stringify(host['Dns']) === JSON.stringify(RESOLVERS)) host['Dns'] = [];
}

/**
 * A deploy starts each service when its own order says so, in a call of Compose's for that service: Compose then writes
 * onto the container what it was told to start in the same call. More than Compose would write is a difference.
 */
function withoutDependsOn(theirs: Snapshot | undefined, own: Snapshot): void {
  for (const [service, containers] of Object.entries(own.containers))
    for (const [index, { config }] of containers.entries()) {
      const there = labelsOf(theirs?.containers[service]?.[index]);
      const here = labelsOf({ config });
      const allowed = (there[DEPENDS_ON] ?? '').split(',');
      if ((here[DEPENDS_ON] ?? '').split(',').every((entry) => entry === '' || allowed.includes(entry)))
        here[DEPENDS_ON] = there[DEPENDS_ON] ?? '';
    }
}

function labelsOf(container: Pick<Container, 'config'> | undefined): Record<string, string> {
  return (container?.config['Labels'] ?? {}) as Record<string, string>;
}
