import type { IngressRow } from '@itsup/config';
import {
  domainFlaw,
  headerNameFlaw,
  headerValueFlaw,
  hostFlaw,
  pathFlaw,
  referenceFlaw,
  sourceRangeFlaw,
  type Flaw,
} from '../grammar';
import { report, type RowContext } from './context';

/**
 * Checks every value of a row against the grammar of the place it is written to, so that none can leave its quotes in
 * a rule, its item in a list or its segment in a label.
 *
 * @returns whether the row can become a route.
 */
export function checkValues(row: IngressRow, context: RowContext): boolean {
  const before = context.problems.length;
  const check = (key: string, code: string, what: string, value: string, flaw: Flaw): void => {
    if (flaw !== null)
      report(context, row, { key, code, message: `${what} ${JSON.stringify(value)} ${flaw}` });
  };
  row.domains.forEach((domain) => check('domain', 'invalid-domain', 'domain', domain, domainFlaw(domain)));
  if (row.pathPrefix !== null)
    check('path_prefix', 'invalid-path', 'path', row.pathPrefix, pathFlaw(row.pathPrefix));
  for (const headers of [row.headers.request, row.headers.response]) {
    for (const [name, value] of Object.entries(headers)) {
      check('headers', 'invalid-header', 'header', name, headerNameFlaw(name));
      check('headers', 'invalid-header', `header ${name}:`, value, headerValueFlaw(value));
    }
  }
  for (const range of row.allowSourceIps) {
    check('allow_source_ips', 'invalid-source-range', 'source range', range, sourceRangeFlaw(range));
  }
  for (const name of row.middleware)
    check('middleware', 'invalid-middleware', 'middleware', name, referenceFlaw(name));
  if (row.resolver !== null) checkResolver(row, row.resolver, context);
  checkPort(row, 'port', row.port, context);
  if (row.hostport !== null) checkPort(row, 'hostport', row.hostport, context);
  if (row.priority !== null) checkPriority(row, row.priority, context);
  const host = context.project.host;
  if (context.project.kind === 'external' && (host === null || hostFlaw(host) !== null)) {
    report(context, row, {
      code: 'invalid-host',
      message: host === null ? 'the project names no host' : `host ${JSON.stringify(host)} ${hostFlaw(host)}`,
    });
  }
  return context.problems.length === before;
}

function checkResolver(row: IngressRow, resolver: string, context: RowContext): void {
  if (context.resolvers.has(resolver)) return;
  report(context, row, {
    key: 'resolver',
    code: 'unknown-resolver',
    message: `there is no certificate resolver ${JSON.stringify(resolver)}`,
    help: `known: ${[...context.resolvers].sort().join(', ')}; add others under letsencrypt.resolvers in projects/itsup.yml`,
  });
}

function checkPort(row: IngressRow, key: 'port' | 'hostport', port: number, context: RowContext): void {
  if (Number.isInteger(port) && port >= 1 && port <= 65535) return;
  report(context, row, { key, code: 'invalid-port', message: `${key} ${port} is not between 1 and 65535` });
}

/** Traefik keeps the highest thousand of its 64-bit range to itself and computes a priority where it reads 0. */
function checkPriority(row: IngressRow, priority: number, context: RowContext): void {
  if (Number.isSafeInteger(priority) && priority !== 0) return;
  report(context, row, {
    key: 'priority',
    code: 'invalid-priority',
    message: `priority ${priority} is not a whole number other than 0`,
    help: 'leave it out for the default, the length of the rule',
  });
}
