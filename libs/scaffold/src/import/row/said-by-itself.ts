import { narrowerFirst, refusesEncodedSlashes, type NamedRow, type PathRow } from '@itsup/routing';
import type { IngressRowText } from './row';

/**
 * Leaves `allow_encoded_slashes` out where a row does by itself what its labels did, and says where rows are stricter
 * than the labels were.
 */
export function tidyEncodedSlashes(rows: readonly IngressRowText[], notes: string[]): IngressRowText[] {
  const shapes = rows.map(shapeOf);
  const stricter = new Set<string>();
  const tidied = rows.map((row, index) => {
    const shape = shapes[index] as PathRow;
    const refuses = shape.router === 'http' && refusesEncodedSlashes(shape, shapes);
    const { allow_encoded_slashes: written, ...rest } = row;
    if (refuses && written === undefined) stricter.add(row.service);
    return refuses || written === undefined ? rest : row;
  });
  if (stricter.size > 0) {
    notes.push(
      `${[...stricter].join(', ')}: requests whose path holds an encoded slash (%2F) are refused now, because a path decides who gets in; a row with allow_encoded_slashes: true takes them, which the labels did`,
    );
  }
  return tidied;
}

/** Leaves `priority` out where a row gets the same one by itself, because it is narrower than another one. */
export function tidyPriorities(rows: readonly IngressRowText[]): IngressRowText[] {
  // A row that keeps its priority decides for itself, and no other has to outrank it. The wider rows come first.
  const withPriority = rows.filter(({ priority }) => priority !== undefined);
  const ascending = [...withPriority].sort((a, b) => (a.priority ?? 0) - (b.priority ?? 0));
  const written = new Set(withPriority);
  const areImplied = (kept: ReadonlySet<IngressRowText>): boolean => {
    const shapes = rows.map((row) => ({ ...shapeOf(row), ...(!kept.has(row) && { priority: null }) }));
    const implied = narrowerFirst(shapes);
    return rows.every((row, index) => {
      const shape = shapes[index];
      const own = shape === undefined ? undefined : implied.get(shape)?.own;
      return row.priority === undefined || kept.has(row) || own === row.priority;
    });
  };
  for (let left = -1; left !== written.size;) {
    left = written.size;
    for (const row of ascending) {
      if (!written.has(row)) continue;
      const others = new Set([...written].filter((other) => other !== row));
      if (areImplied(others)) written.delete(row);
    }
  }
  return rows.map((row) => {
    const { priority: _implied, ...rest } = row;
    return written.has(row) ? row : rest;
  });
}

function shapeOf(row: IngressRowText): PathRow & NamedRow {
  const { main, sans = [] } = row.tls ?? {};
  return {
    router: row.router ?? 'http',
    passthrough: row.passthrough ?? false,
    hostport: row.hostport ?? null,
    domains: [main ?? row.domain, ...sans].flatMap((name) =>
      name === undefined ? [] : [name.toLowerCase()],
    ),
    redirectFrom: row.redirect_from ?? [],
    rule: row.rule ?? null,
    pathPrefix: row.path_prefix ?? null,
    priority: row.priority ?? null,
    allowSourceIps: row.allow_source_ips ?? [],
    middleware: row.middleware ?? [],
    basicAuth: row.basic_auth ?? null,
    allowEncodedSlashes: null,
  };
}
