import {
  HEADER_NAME,
  isDomain,
  isHeaderValue,
  isHost,
  isIpOrCidr,
  isPathPrefix,
  TRAEFIK_NAME,
  type IngressRow,
} from '@itsup/config';
import { report, type RowContext } from './context';

/**
 * Checks every value of a row against the grammar of the place it is written to, so that none can leave its quotes in
 * a rule, its item in a list or its segment in a label, whoever made the row.
 *
 * @returns whether the row can become a route.
 */
export function checkValues(row: IngressRow, context: RowContext): boolean {
  const before = context.problems.length;
  const check = (key: string, code: string, value: string, sound: boolean, wanted: string): void => {
    if (!sound) report(context, row, { key, code, message: `${JSON.stringify(value)} is not ${wanted}` });
  };
  for (const domain of row.domains) {
    check('domain', 'invalid-domain', domain, isDomain(domain), 'a host name such as app.example.com');
  }
  if (row.pathPrefix !== null) {
    check(
      'path_prefix',
      'invalid-path',
      row.pathPrefix,
      isPathPrefix(row.pathPrefix),
      'a path that starts with /',
    );
  }
  for (const [name, value] of [row.headers.request, row.headers.response].flatMap((each) =>
    Object.entries(each),
  )) {
    check('headers', 'invalid-header', name, HEADER_NAME.test(name), 'the name of a header');
    check('headers', 'invalid-header', value, isHeaderValue(value), 'one line of printable ASCII');
  }
  for (const range of row.allowSourceIps) {
    check(
      'allow_source_ips',
      'invalid-source-range',
      range,
      isIpOrCidr(range),
      'an address or a network such as 10.0.0.0/8',
    );
  }
  for (const name of row.middleware) {
    check('middleware', 'invalid-middleware', name, TRAEFIK_NAME.test(name), 'the name of a middleware');
  }
  if (row.resolver !== null) checkResolver(row, row.resolver, context);
  for (const [key, port] of [
    ['port', row.port],
    ['hostport', row.hostport],
  ] as const) {
    check(key, 'invalid-port', String(port), port === null || isPort(port), 'a port from 1 to 65535');
  }
  // Traefik reads 0 as its default, and keeps what is beyond the safe integers to itself.
  const { priority } = row;
  check(
    'priority',
    'invalid-priority',
    String(priority),
    priority === null || (Number.isSafeInteger(priority) && priority !== 0),
    'a priority: a whole number other than 0',
  );
  if (context.project.kind === 'external') {
    const host = context.project.host ?? '';
    if (!isHost(host))
      report(context, row, {
        code: 'invalid-host',
        message: `the project's host, ${JSON.stringify(host)}, is not a host name or an address`,
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

function isPort(port: number): boolean {
  return Number.isInteger(port) && port >= 1 && port <= 65535;
}
