import { compareText } from '@itsup/config';

import { ALL_ASPECTS, type DeployedService, type DesiredService } from '../model';

/** What a service was deployed as, as far as it is compared. */
export type RecordedAspects = Pick<DeployedService, 'aspects' | 'aspectsVersion'>;

/** Kinds that a record without `aspectsVersion` lacks, whatever the service was made from. */
const ONCE_UNRECORDED = /^(?:empty|model|configs|files|networks|secrets|volumes) /;

/**
 * Names of the aspects that differ, came or went, sorted. What a record of an earlier version could not hold is no
 * change. The image behind a volume came with a version that compares it, or with its `volume`, which tells it.
 */
export function changedAspects(recorded: RecordedAspects, after: Record<string, string>): string[] {
  const { aspects: before, aspectsVersion } = recorded;
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  const isBehindVolume = (name: string): boolean =>
    name.startsWith('image volume ') && (before[name] === undefined || after[name] === undefined);
  const isUnrecorded = (name: string): boolean =>
    aspectsVersion !== ALL_ASPECTS && ONCE_UNRECORDED.test(name) && before[name] === undefined;
  return [...names]
    .filter((name) => before[name] !== after[name] && !isBehindVolume(name) && !isUnrecorded(name))
    .filter((name) => !isOfSameMount(name, before, after))
    .sort(compareText);
}

/**
 * A bound file is compared by how it is mounted (`mount app.conf`), and by that with its content (`file app.conf`)
 * while that is no data of the service, which git may decide anew. A record of an earlier version has the content of
 * every one and nothing else, so for a file that is data it cannot tell.
 */
function isOfSameMount(
  name: string,
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
): boolean {
  const [, kind, path] = /^(file|mount)s? (.+)$/.exec(name) ?? [];
  if (path === undefined) return false;
  const [file, mount, mounts] = [`file ${path}`, `mount ${path}`, `mounts ${path}`];
  const isEarlier = before[mount] === undefined && before[file] !== undefined;
  const isBoth = before[file] !== undefined && after[file] !== undefined;
  // What is compared with the content says it already.
  if (kind === 'mount') return isEarlier || isBoth;
  const isSame = before[mount] === after[mount] && before[mounts] === after[mounts];
  const isOneSided = before[name] === undefined || after[name] === undefined;
  return isOneSided && !isBoth && after[mount] !== undefined && (isEarlier || isSame);
}

/** Whether the image is to be built from something else than the last deploy's; where nothing is recorded it is. */
export function isBuildChanged(
  { buildDigest, earlierBuildDigest }: Pick<DesiredService, 'buildDigest' | 'earlierBuildDigest'>,
  recorded: Pick<DeployedService, 'buildDigest' | 'aspectsVersion'> | null,
): boolean {
  if (buildDigest === recorded?.buildDigest) return false;
  const isEarlier = recorded !== null && recorded.aspectsVersion !== ALL_ASPECTS;
  return !(isEarlier && earlierBuildDigest !== undefined && earlierBuildDigest === recorded.buildDigest);
}

const ROUTE_LABEL = /^label traefik\.(?:http|tcp|udp)\.(routers|services|middlewares)\.([^.]+)\./;

/** What differs between two definitions, in words: routes by their names, everything else by its aspect. */
export function describeChanges(recorded: RecordedAspects, after: Record<string, string>): string[] {
  const changed = changedAspects(recorded, after);
  const ofRoutes = changed.filter((name) => ROUTE_LABEL.test(name));
  const others = changed.filter((name) => !ROUTE_LABEL.test(name));
  return [...describeRoutes(recorded.aspects, after, ofRoutes), ...describeAspects(others)];
}

/** A route is a dozen labels: told is which of them came, went or changed. */
function describeRoutes(
  before: Record<string, string>,
  after: Record<string, string>,
  changed: readonly string[],
): string[] {
  if (changed.length === 0) return [];
  const [was, is] = [routersIn(Object.keys(before)), routersIn(Object.keys(after))];
  const added = [...is].filter((name) => !was.has(name));
  const removed = [...was].filter((name) => !is.has(name));
  const told = new Set([...added, ...removed]);
  const both = [...routersIn(changed)].filter((name) => !told.has(name));
  // Of a service or a middleware alone, which a route calls by a name of its own.
  const parts = changed.flatMap((name) => ROUTE_LABEL.exec(name)?.[2] ?? []);
  const others = told.size + both.length > 0 ? [] : parts;
  return (
    [
      ['added', added],
      ['removed', removed],
      ['changed', [...both, ...others]],
    ] as const
  ).flatMap(([word, names]) =>
    names.length === 0 ? [] : [`routes ${word}: ${listed([...new Set(names)].sort(compareText))}`],
  );
}

/** Names of routers among aspects; those that redirect to HTTPS come and go with their twins. */
function routersIn(aspects: readonly string[]): Set<string> {
  return new Set(
    aspects.flatMap((aspect) => {
      const [, kind, name = ''] = ROUTE_LABEL.exec(aspect) ?? [];
      return kind === 'routers' && !name.endsWith('-redirect') ? [name] : [];
    }),
  );
}

/** The names of routes in reasons as people know them, where `nameOf` has a better one. */
export function nameRoutes(reason: string, nameOf: (router: string) => string | undefined): string {
  const [, lead, names] = /^(routes \w+: )(.*)$/.exec(reason) ?? [];
  if (lead === undefined || names === undefined) return reason;
  return `${lead}${names
    .split(', ')
    .map((name) => nameOf(name) ?? name)
    .join(', ')}`;
}

/**
 * Aspects in words: those of one kind share it, `environment A, B`. An aspect is `kind` or `kind name`; the name may
 * hold spaces.
 */
export function describeAspects(aspects: string[]): string[] {
  const byKind = new Map<string, string[]>();
  for (const aspect of aspects) {
    const space = aspect.indexOf(' ');
    const kind = space < 0 ? aspect : aspect.slice(0, space);
    const names = byKind.get(kind) ?? [];
    if (space >= 0) names.push(aspect.slice(space + 1));
    byKind.set(kind, names);
  }
  return [...byKind].map(([kind, names]) => (names.length === 0 ? kind : `${kind} ${listed(names)}`));
}

/** The change of an image in words: `image ghcr.io/acme/web:1.4 → 1.5`, or that the same tag names another image. */
export function describeImage(
  before: Pick<DeployedService, 'image' | 'imageId'>,
  after: Pick<DesiredService, 'image' | 'imageId'>,
): string | null {
  const sameContent = before.imageId !== null && before.imageId === after.imageId;
  if (before.image !== after.image) {
    // An image named by its id is what a rollback runs; the reference with the same content is no change.
    if (sameContent && (isId(before.image) || isId(after.image))) return null;
    // An earlier version looked for what COMPOSE_COMPATIBILITY calls `shop_web` under `shop-web`, and found nothing.
    const isMisnamed = before.image.replaceAll('-', '_') === after.image.replaceAll('-', '_');
    if (isMisnamed && before.imageId === null && after.imageId !== null) return null;
    return `image ${imageInShort(before.image)} → ${imageInShort(shortened(before.image, after.image))}`;
  }
  if (before.imageId !== null && after.imageId !== null && before.imageId !== after.imageId) {
    return `image ${after.image} ${shortId(before.imageId)} → ${shortId(after.imageId)}`;
  }
  return null;
}

function isId(image: string): boolean {
  return image.startsWith('sha256:');
}

/** The tag alone when the repository stays the same. */
function shortened(before: string, after: string): string {
  const tag = after.lastIndexOf(':');
  if (tag <= after.lastIndexOf('/')) return after;
  return before.startsWith(after.slice(0, tag + 1)) ? after.slice(tag + 1) : after;
}

/** The first twelve digits of an image's or a container's id, as `docker` prints them. */
export function shortId(id: string): string {
  return id.replace(/^sha256:/, '').slice(0, 12);
}

/** An image as it is named; one that is named by its id, as a rollback runs it, by the first digits of that. */
export function imageInShort(image: string): string {
  return isId(image) ? shortId(image) : image;
}

/** Of a service that runs nowhere yet: what it will run. What is built here has a name that says nothing. */
export function newService({ image, buildDigest }: Pick<DesiredService, 'image' | 'buildDigest'>): string {
  return buildDigest === null ? `new service of ${imageInShort(image)}` : 'new service';
}

/** At most five names, then how many more: a reason is one line. */
function listed(names: string[]): string {
  return names.length <= 5
    ? names.join(', ')
    : `${names.slice(0, 4).join(', ')} and ${names.length - 4} more`;
}

/** Why a service is recreated although it could be rolled: nobody would notice. */
export const NOTHING_SERVES = 'nothing of it is serving';
