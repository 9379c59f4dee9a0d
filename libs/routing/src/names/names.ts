import type { IngressRow } from '@itsup/config';
import { shortDigest } from './digest';
import { collect, compareText } from './order';

/**
 * A text as part of a Traefik name: lower case `[a-z0-9-]`. A `.` in the name of a router, a service or a middleware
 * would make Traefik reject ALL labels of the container.
 */
export function nameOf(text: string): string {
  return text.toLowerCase().replace(/[^a-z0-9-]/g, '-');
}

/**
 * What tells rows of one service and port apart. Options such as middlewares are not part of it, so that changing
 * one does not rename the router.
 */
function identityOf(row: IngressRow): string {
  return JSON.stringify([
    row.service ?? '',
    row.router,
    row.hostport ?? 0,
    [...row.domains],
    row.pathPrefix ?? '',
    row.rule ?? '',
    row.passthrough,
  ]);
}

/** Names of rows, and the rows that say the same as another one. */
export interface RowNames {
  names: Map<IngressRow, string>;
  /** Rows with the identity of a named row, with that row. They get no name. */
  duplicates: { row: IngressRow; of: IngressRow }[];
}

/**
 * Gives every row its name, `{project}-{service}-{port}`. Of several rows with one base the one whose content sorts
 * first keeps it, the others get a digest of their content as suffix: the order of rows in the file decides nothing.
 * A digest has eight digits and a port at most five, so no suffixed name equals the base of other rows.
 *
 * @param owner for rows without a service (external projects), what stands in its place.
 */
export function nameRows(project: string, rows: readonly IngressRow[], owner: string): RowNames {
  const byBase = new Map<string, IngressRow[]>();
  for (const row of rows) {
    collect(
      byBase,
      [project, row.service ?? owner, row.port].map((part) => nameOf(String(part))).join('-'),
      row,
    );
  }
  const names = new Map<IngressRow, string>();
  const duplicates: RowNames['duplicates'] = [];
  for (const [base, group] of byBase) {
    const byIdentity = new Map<string, IngressRow>();
    for (const { identity, row } of sorted(group)) {
      const same = byIdentity.get(identity);
      if (same) {
        duplicates.push({ row, of: same });
        continue;
      }
      names.set(row, byIdentity.size === 0 ? base : `${base}-${shortDigest(identity)}`);
      byIdentity.set(identity, row);
    }
  }
  return { names, duplicates };
}

function sorted(rows: readonly IngressRow[]): { identity: string; row: IngressRow }[] {
  return rows
    .map((row) => ({ identity: identityOf(row), whole: contentOf(row), row }))
    .sort((a, b) => compareText(a.identity, b.identity) || compareText(a.whole, b.whole));
}

/** The row's content and, to tell equal contents apart, where it stands. */
function contentOf(row: IngressRow): string {
  const { place, places: _places, ...content } = row;
  return JSON.stringify([content, place.file, place.line, place.column]);
}
