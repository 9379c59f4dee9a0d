import type { Pair, Step } from './reference-run';
import type { Snapshot } from './snapshot';

/** A difference to Compose that is meant; the documentation has the same words. */
export interface Intended {
  title: string;
  reason: string;
  /** Makes the steps alike where they differ for this reason; whether they did. */
  level(compose: Step[], ours: Step[]): boolean;
}

/** What every project gets: the resolvers, first of all the proxy's. */
const RESOLVERS = ['172.20.0.253', '1.1.1.1', '9.9.9.9'];

export const INTENDED: Intended[] = [
  {
    title: 'a service that the file names no more',
    reason: 'is removed; Compose leaves its containers and calls them orphans',
    level: (compose, ours) =>
      each(compose, ours, (theirs, own) => {
        const gone = Object.keys(theirs.containers).filter(
          (service) =>
            !(service in own.containers) && theirs.containers[service]?.every(({ fate }) => fate === 'kept'),
        );
        for (const service of gone) delete theirs.containers[service];
        return gone.length > 0;
      }),
  },
  {
    title: 'a build context that changed',
    reason: 'is built anew; Compose builds once and then only when told to',
    level: (compose, ours) =>
      each(compose, ours, (theirs, own) => {
        let shown = false;
        for (const [service, containers] of Object.entries(theirs.containers))
          for (const [index, container] of containers.entries()) {
            const other = own.containers[service]?.[index];
            if (container.fate !== 'kept' || other?.fate !== 'new') continue;
            container.fate = 'new';
            shown = true;
          }
        return shown;
      }),
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
];

/** Both sides without what is meant to differ, and the titles of what did, beside what every project gets. */
export function level({ row, compose, ours }: Pair): { compose: unknown; ours: unknown; shown: string[] } {
  const [theirs, own] = structuredClone([compose, ours]);
  for (const step of own) withoutResolvers(step.snapshot);
  const shown = (row.intended ?? []).filter(
    (title) => INTENDED.find((one) => one.title === title)?.level(theirs, own) === true,
  );
  const bare = (steps: Step[]): unknown =>
    steps.map(({ isSuccess, snapshot }) => ({ isSuccess, ...snapshot }));
  return { compose: bare(theirs), ours: bare(own), shown };
}

function withoutResolvers({ containers }: Snapshot): void {
  for (const { host } of Object.values(containers).flat())
    if (JSON.stringify(host['Dns']) === JSON.stringify(RESOLVERS)) host['Dns'] = [];
}

function each(compose: Step[], ours: Step[], act: (theirs: Snapshot, own: Snapshot) => boolean): boolean {
  return compose
    .map((step, index) => {
      const own = ours[index];
      return own !== undefined && act(step.snapshot, own.snapshot);
    })
    .some(Boolean);
}
