import type { IngressRow } from '@itsup/config';
import type { Route } from '../model';
import { report, type RowContext } from './context';
import { routeBase, serviceReference } from './route-base';

/** Turns a checked udp row into its route. UDP has no rules: what tells routes apart is the port alone. */
export function udpRoute(row: IngressRow, name: string, context: RowContext): Route | null {
  if (row.hostport === null) {
    report(context, row, {
      code: 'no-hostport',
      message: 'a udp row needs a port of the host',
      help: 'add hostport:',
    });
    return null;
  }
  const route = routeBase(row, name, 'udp', 'file', context);
  route.routers[name] = { entryPoints: [`udp-${row.hostport}`], service: serviceReference(route) };
  return route;
}
