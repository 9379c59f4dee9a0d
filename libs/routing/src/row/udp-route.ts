import type { IngressRow } from '@itsup/config';
import type { Route } from '../model';
import { report, type RowContext } from './context';
import { routeBase, serviceReference } from './route-base';

/** Turns a checked udp row into its route. UDP has no rules: what tells routes apart is the port alone. */
export function udpRoute(row: IngressRow, name: string, context: RowContext): Route | null {
  if (!checkUdp(row, context)) return null;
  const route = routeBase(row, name, 'udp', 'file', context);
  route.routers[name] = { entryPoints: [`udp-${row.hostport}`], service: serviceReference(route) };
  return route;
}

function checkUdp(row: IngressRow, context: RowContext): boolean {
  const before = context.problems.length;
  if (row.hostport === null) {
    report(context, row, {
      code: 'no-hostport',
      message: 'a udp row needs a port of the host',
      help: 'add hostport:',
    });
  }
  const impossible = [
    // Ignoring these would leave the service open, or routed otherwise than it reads.
    ['allow_source_ips', row.allowSourceIps.length > 0],
    ['middleware', row.middleware.length > 0],
    ['rule', row.rule !== null],
    ['passthrough', row.passthrough],
  ] as const;
  for (const [key, used] of impossible) {
    if (used)
      report(context, row, {
        key,
        code: 'not-for-udp',
        message: `${key} cannot work on a udp route: Traefik has none for UDP`,
        help: `remove ${key}:`,
      });
  }
  const meaningless = [
    ['domain', row.domains.length > 0],
    ['path_prefix', row.pathPrefix !== null],
    ['priority', row.priority !== null],
    ['sticky', row.sticky],
    ['allow_encoded_slashes', row.allowEncodedSlashes !== null],
  ] as const;
  const sound = context.problems.length === before;
  for (const [key, used] of meaningless) {
    if (used)
      report(context, row, {
        key,
        code: 'ignored-on-udp',
        severity: 'warning',
        message: `${key} has no effect on a udp route`,
        help: `remove ${key}:`,
      });
  }
  return sound;
}
