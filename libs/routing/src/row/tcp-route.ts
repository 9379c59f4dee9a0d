import type { IngressRow, Problem } from '@itsup/config';
import { qualified } from '@itsup/traefik';
import type { Route, TraefikRouter } from '../model';
import { parseRule } from '../rule/parse';
import { tcpRule } from '../rule/text';
import { namesHosts } from '../rule/terms';
import { certificateOf } from './certificate';
import { report, type RowContext } from './context';
import { namedMiddlewares } from './names-of-middlewares';
import { routeBase, serviceReference } from './route-base';

/** Turns a checked row into a TCP route: a tcp row, or any row whose TLS passes through. */
export function tcpRoute(row: IngressRow, name: string, context: RowContext): Route | null {
  if (!checkTcp(row, context)) return null;
  const route = routeBase(row, name, 'tcp', 'file', context);
  const router: TraefikRouter = {
    rule: row.rule ?? tcpRule(route.domains),
    entryPoints: [row.hostport === null ? 'web-secure' : `tcp-${row.hostport}`],
    service: serviceReference(route),
    ...(row.priority === null ? {} : { priority: row.priority }),
  };
  const tls = tlsOf(row, context);
  if (tls) router.tls = tls;
  const chain = namedMiddlewares(row, 'tcp', context);
  if (row.allowSourceIps.length > 0) {
    route.middlewares[`${name}-allow`] = { ipAllowList: { sourceRange: [...row.allowSourceIps] } };
    chain.unshift(`${name}-allow`);
  }
  if (chain.length > 0) router.middlewares = chain;
  route.routers[name] = router;
  if (row.proxyProtocol !== null) speakProxyProtocol(row, row.proxyProtocol, route, context);
  return route;
}

/**
 * The PROXY protocol is an option of a `serversTransport`, which no label can define: the transport stands in the
 * file and the service, label or file, refers to it. All routes of one version share one.
 */
function speakProxyProtocol(row: IngressRow, version: 1 | 2, route: Route, context: RowContext): void {
  const transport = `proxy-protocol-v${version}`;
  route.serversTransports[transport] = { proxyProtocol: { version } };
  route.loadBalancer = { serversTransport: qualified(transport, 'file') };
  if (!row.proxyProtocolIsDefault) return;
  report(context, row, {
    code: 'proxyprotocol-default',
    severity: 'warning',
    message: `proxyprotocol is left out, so Traefik speaks version ${version} of the PROXY protocol to the server, which has to expect it`,
    help: `write proxyprotocol: ${version} if it does, proxyprotocol: null if it does not`,
  });
}

/** Traefik refuses a router with HostSNI of anything but `*` and no TLS: only a TLS client says a name. */
function tlsOf(row: IngressRow, context: RowContext): TraefikRouter['tls'] | null {
  if (row.passthrough) return { passthrough: true };
  if (row.domains.length > 0 || row.resolver !== null || ruleNamesHosts(row))
    return certificateOf(row, context);
  return null;
}

function ruleNamesHosts(row: IngressRow): boolean {
  if (row.rule === null) return false;
  const result = parseRule(row.rule, 'tcp');
  return 'rule' in result && namesHosts(result.rule);
}

function checkTcp(row: IngressRow, context: RowContext): boolean {
  const before = context.problems.filter(isError).length;
  const what = row.passthrough ? 'a route with passthrough' : 'a tcp route';
  if (row.hostport === null && row.domains.length === 0 && !ruleNamesHosts(row)) {
    report(context, row, {
      code: 'no-domain',
      message: `${what} on the shared entry point needs a domain to be told apart`,
      help: 'add domain: or, for a port of its own, hostport:',
    });
  }
  if (row.passthrough && row.router === 'http' && row.port === 80) {
    report(context, row, {
      key: 'passthrough',
      code: 'passthrough-to-plain-http',
      severity: 'warning',
      message: 'passthrough hands TLS to port 80, where most services speak plain HTTP',
      help: 'write the port that speaks TLS, or remove passthrough:',
    });
  }
  if (row.router === 'tcp' && row.protocol === 'udp') {
    report(context, row, {
      key: 'protocol',
      code: 'protocol-mismatch',
      message: 'protocol: udp contradicts router: tcp',
      help: 'write router: udp',
    });
  }
  return context.problems.filter(isError).length === before;
}

function isError({ severity }: Problem): boolean {
  return severity === 'error';
}
