/** When the image of a service is asked for at its registry, or built: Compose's `pull_policy`. */
export type PullPolicy =
  | { when: 'missing' | 'always' | 'never' | 'build' }
  /** `daily`, `weekly`, `every_…`: once so much time has passed since the image was tagged here. */
  | { when: 'stale'; afterMs: number };

const DAY_MS = 86_400_000;

const UNITS_MS: Readonly<Record<string, number>> = {
  w: 7 * DAY_MS,
  d: DAY_MS,
  h: 3_600_000,
  m: 60_000,
  s: 1000,
  ms: 1,
};

/**
 * Reads what Compose has accepted: it refuses an interval that it does not understand. Every other word is `missing`,
 * as in its own `GetPullPolicy`.
 */
export function pullPolicyOf({ pull_policy: text = '' }: { pull_policy?: string }): PullPolicy {
  if (text === 'always' || text === 'never' || text === 'build') return { when: text };
  if (text === 'daily') return { when: 'stale', afterMs: DAY_MS };
  if (text === 'weekly') return { when: 'stale', afterMs: 7 * DAY_MS };
  if (!text.startsWith('every_')) return { when: 'missing' };
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|[wdhms])/g)];
  const afterMs = parts.reduce((sum, [, count, unit = '']) => sum + Number(count) * (UNITS_MS[unit] ?? 0), 0);
  return { when: 'stale', afterMs };
}

/**
 * From when on a deploy asks the registry, or builds, although nothing of the stack changed.
 *
 * @param tagged when the image was tagged here last; null: nobody knows, which Compose takes for long ago
 * @returns milliseconds; 0: with every deploy; null: never
 */
export function dueAt(policy: PullPolicy, tagged: number | null): number | null {
  if (policy.when === 'always' || policy.when === 'build') return 0;
  return policy.when === 'stale' ? (tagged ?? 0) + policy.afterMs : null;
}

/** Where a service's image comes from. */
export interface ImageSource {
  /** A registry may be asked for it. */
  isFetched: boolean;
  /** It has to be there, or another service of the stack builds it under this name. */
  isLocal: boolean;
  /** Nobody makes it, and no registry may be asked. */
  mustBePresent: boolean;
  /** Built with every deploy. */
  rebuilds: boolean;
  /** From when on a deploy has to act for it, as `dueAt` says. */
  dueAt: number | null;
}

/**
 * The sources of all images of a stack. A service that shares the image of one that is built waits for that build,
 * where Compose asks a registry in vain and goes on.
 *
 * @param imageOf the reference of a service's image
 * @param tagged when an image was tagged here last, in milliseconds; null: not known
 * @param isGiven the image is a content that is there (a rollback), whatever the file says
 */
export function imageSources(
  services: Readonly<Record<string, { build?: unknown; pull_policy?: string }>>,
  imageOf: (service: string) => string,
  tagged: (image: string) => number | null,
  isGiven: (service: string) => boolean,
): Map<string, ImageSource> {
  const entries = Object.entries(services);
  const isBuilt = ([name, { build }]: (typeof entries)[number]): boolean =>
    build !== undefined && build !== null && !isGiven(name);
  const built = new Set(entries.filter(isBuilt).map(([name]) => imageOf(name)));
  return new Map(
    entries.map((entry) => {
      const [name, service] = entry;
      const image = imageOf(name);
      const policy = pullPolicyOf(service);
      const isMade = isBuilt(entry) || isGiven(name);
      const isShared = !isMade && built.has(image);
      const isFetched = !isMade && !isShared && policy.when !== 'never';
      const rebuilds = isBuilt(entry) && policy.when === 'build';
      return [
        name,
        {
          isFetched,
          isLocal: isShared || (!isMade && policy.when === 'never'),
          mustBePresent: !isMade && !isShared && policy.when === 'never',
          rebuilds,
          dueAt: (isFetched && policy.when !== 'build') || rebuilds ? dueAt(policy, tagged(image)) : null,
        },
      ];
    }),
  );
}
