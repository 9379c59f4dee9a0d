import { z } from 'zod';
import type { Problem } from '../problem/problem';
import type { YamlSource } from '../yaml/yaml-source';
import { routeKindOf, type RouterKind } from './route-kind';

/** How bad it is that a field stands in a row whose router has no use for it. */
type Misfit = 'error' | 'ignored';

/**
 * Beside each field of a row: the routers that it is not for. `error`: leaving it out of account would open the
 * service, or route otherwise than it reads. `passthrough` is the router of a row that hands TLS through; it is `tcp`'s
 * unless it is said.
 */
export interface NotFor {
  tcp?: Misfit;
  udp?: Misfit;
  passthrough?: Misfit | 'fine';
}

/** Read by the one check below; a field registers itself in the schema. */
export const notFor = z.registry<NotFor>();

/** A row as far as it decides what its router is. */
interface KindOfRow {
  router: RouterKind;
  passthrough: boolean;
  path_prefix?: string | undefined;
}

/**
 * Fields of row `index` that its router has no use for.
 * @param row as parsed
 * @param nothing the same of a row that says nothing: a field that is written with its default is no use of it
 */
export function misfits<Row extends KindOfRow>(
  row: Row,
  { shape, nothing }: { shape: Record<string, z.ZodType>; nothing: Row },
  index: number,
  source: YamlSource,
): Problem[] {
  const kind = routeKindOf({ ...row, pathPrefix: row.path_prefix ?? null });
  if (kind === 'http') return [];
  const valueOf = (of: Row, key: string): unknown => Object.entries(of).find(([name]) => name === key)?.[1];
  return Object.entries(shape).flatMap(([key, field]) => {
    const routers = notFor.get(field);
    const misfit = (kind === 'tcp' && row.passthrough ? routers?.passthrough : undefined) ?? routers?.[kind];
    if (misfit === undefined || misfit === 'fine') return [];
    if (JSON.stringify(valueOf(row, key)) === JSON.stringify(valueOf(nothing, key))) return [];
    const what =
      kind === 'udp' ? 'a udp route' : row.passthrough ? 'a route with passthrough' : 'a tcp route';
    return [
      {
        code: misfit === 'error' ? `not-for-${kind}` : `ignored-on-${kind}`,
        severity: misfit === 'error' ? 'error' : 'warning',
        message: `\`${key}\` ${misfit === 'error' ? 'cannot work' : 'has no effect'} on ${what}`,
        help: `Remove \`${key}\`${cureOf(row, kind)}.`,
        place: source.place(['ingress', index, key]),
      },
    ];
  });
}

function cureOf(row: KindOfRow, kind: RouterKind): string {
  if (kind === 'udp') return '';
  return row.passthrough ? ', or `passthrough`, so that Traefik terminates TLS' : ', or use `router: http`';
}
