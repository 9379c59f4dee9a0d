import { answersAcme, routeKindOf, type IngressRow } from '@itsup/config';
import { defaultPriority } from '@itsup/traefik';
import { collect } from '../names/order';
import { startsOf, wildcardOf } from '../rule/terms';
import { httpRule } from '../rule/text';

/** What of a row decides its precedence. */
export type NamedRow = Pick<
  IngressRow,
  'router' | 'passthrough' | 'hostport' | 'domains' | 'redirectFrom' | 'rule' | 'pathPrefix' | 'priority'
>;

/** Priorities that a row's routers get; absent: the one that Traefik gives by the length of the rule. */
export interface RowPriorities {
  own?: number;
  /** Of the router that sends the names of `redirect_from` on. */
  from?: number;
}

/**
 * Traefik asks the longest rule first, and a rule grows with each name of its row: a row for two names would take what
 * a row with a path has on one of them. A row means the same as one for each of its names, so of two rows of a project
 * the narrower one is asked first: the one with the longer path, or with the name where the other has a wildcard. Where
 * the lengths say otherwise the narrower one gets a priority. What the operator decided by `priority` or `rule` stands.
 */
export function narrowerFirst<Row extends NamedRow>(rows: readonly Row[]): Map<Row, RowPriorities> {
  const doors = rows.flatMap(doorsOf);
  const byName = new Map<string, Map<string, Door<Row>[]>>();
  for (const door of doors) {
    for (const name of door.names) {
      const byPath = byName.get(nameKey(door, name)) ?? new Map<string, Door<Row>[]>();
      byName.set(nameKey(door, name), byPath);
      collect(byPath, door.path, door);
    }
  }
  const wider = new Map(
    doors.map((door) => [
      door,
      meeting(door, byName).filter((wide) => isWithin(door, wide) && !isWithin(wide, door)),
    ]),
  );
  // Each round settles at least those whose wider ones are settled.
  for (const _round of doors) {
    let isSettled = true;
    for (const door of doors) {
      const above = (wider.get(door) ?? []).map(({ priority }) => priority + 1);
      const priority = Math.max(door.length, ...above);
      isSettled &&= priority === door.priority;
      door.priority = priority;
    }
    if (isSettled) break;
  }
  const priorities = new Map<Row, RowPriorities>();
  for (const { row, part, priority, length } of doors) {
    if (priority > length) priorities.set(row, { ...priorities.get(row), [part]: priority });
  }
  return priorities;
}

/** A router of a row with names. */
interface Door<Row> {
  row: Row;
  part: keyof RowPriorities;
  /** Lower case. */
  names: readonly string[];
  path: string;
  /** Equal for those that Traefik decides among. */
  scope: string;
  /** The priority that Traefik gives its rule. */
  length: number;
  priority: number;
}

function doorsOf<Row extends NamedRow>(row: Row): Door<Row>[] {
  if (routeKindOf(row) !== 'http' || row.rule !== null) return [];
  const scope = String(row.hostport ?? (answersAcme(row) ? 'challenges' : 'shared'));
  return (['own', 'from'] as const).flatMap((part) => {
    const written = part === 'own' ? row.domains : row.redirectFrom;
    const names = [...new Set(written.map((name) => name.toLowerCase()))];
    const length = defaultPriority('http', httpRule(names, row.pathPrefix));
    // Every path begins with a slash.
    const path = row.pathPrefix === '/' ? '' : (row.pathPrefix ?? '');
    // The priority that is written is the row's own: the router of its other names has that of its length.
    const isDecided = names.length === 0 || (part === 'own' && row.priority !== null);
    return isDecided ? [] : [{ row, part, names, path, scope, length, priority: length }];
  });
}

/** Those that can be wider: for the name or its wildcard, and the path or one above it. */
function meeting<Row>(
  door: Door<Row>,
  byName: ReadonlyMap<string, ReadonlyMap<string, readonly Door<Row>[]>>,
): Door<Row>[] {
  const found = new Set<Door<Row>>();
  for (const name of door.names) {
    for (const wide of [name, wildcardOf(name)]) {
      const byPath = byName.get(nameKey(door, wide)) ?? new Map<string, Door<Row>[]>();
      for (const path of startsOf(door.path, byPath)) {
        for (const other of byPath.get(path) ?? []) found.add(other);
      }
    }
  }
  return [...found];
}

function nameKey<Row>({ scope }: Door<Row>, name: string): string {
  return `${scope} ${name}`;
}

/** On some name of both, all that the one asks for is asked for by the other too, and more. */
function isWithin<Row>(narrow: Door<Row>, wide: Door<Row>): boolean {
  if (narrow.scope !== wide.scope || !narrow.path.startsWith(wide.path)) return false;
  const isLonger = narrow.path.length > wide.path.length;
  return narrow.names.some((name) =>
    wide.names.some((other) => (isLonger && name === other) || isBelow(name, other)),
  );
}

/** A wildcard stands for one label. */
function isBelow(name: string, wildcard: string): boolean {
  return wildcard.startsWith('*.') && !name.startsWith('*') && wildcardOf(name) === wildcard;
}
