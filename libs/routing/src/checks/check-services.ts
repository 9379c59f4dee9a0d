import type { IngressRow, Problem, Project } from '@itsup/config';
import { isIP } from 'node:net';
import { collect, comparePlaces } from '../names/order';
import { addressFlaw, type Proxynet } from '../networks/proxynet';

/**
 * What rows of one service have to agree on, its address on proxynet and its resolvers, and whether these can be used.
 */
export function checkRowsOfService(project: Project, proxynet: Proxynet): Problem[] {
  const problems: Problem[] = [];
  const byService = new Map<string, IngressRow[]>();
  for (const row of [...project.ingress].sort((a, b) => comparePlaces(a.place, b.place))) {
    if (row.service !== null) collect(byService, row.service, row);
  }
  const report = (row: IngressRow, key: string, problem: Omit<Problem, 'place' | 'project'>): void => {
    problems.push({ ...problem, place: row.places[key] ?? row.place, project: project.name });
  };
  for (const [service, rows] of byService) {
    for (const row of rows) {
      const flaw = row.ipv4Address === null ? null : addressFlaw(row.ipv4Address, proxynet);
      if (flaw !== null) {
        report(row, 'ipv4_address', {
          code: 'invalid-address',
          severity: 'error',
          message: `address ${row.ipv4Address} ${flaw}`,
        });
      }
      const resolver = row.dns?.find((address) => isIP(address) === 0);
      if (resolver !== undefined) {
        report(row, 'dns', {
          code: 'invalid-resolver',
          severity: 'error',
          message: `dns ${JSON.stringify(resolver)} is not an IP address`,
        });
      }
    }
    for (const [key, of, what] of [
      ['ipv4_address', (row: IngressRow) => row.ipv4Address, `addresses on ${proxynet.name}`],
      ['dns', (row: IngressRow) => (row.dns === null ? null : JSON.stringify(row.dns)), 'lists of resolvers'],
    ] as const) {
      const [first, ...rest] = rows.filter((row) => of(row) !== null);
      const other = first && rest.find((row) => of(row) !== of(first));
      if (!first || !other) continue;
      report(other, key, {
        code: 'inconsistent-service',
        severity: 'error',
        message: `service ${service} is given two ${what}`,
        help: 'it has one container: write the same in each of its rows, or in one of them alone',
        related: [{ message: 'the other one', place: first.places[key] ?? first.place }],
      });
    }
    const facts = project.compose?.services.find(({ name }) => name === service);
    const withDns = facts?.hasDns ? rows.find((row) => row.dns !== null) : undefined;
    if (withDns) {
      report(withDns, 'dns', {
        code: 'dns-twice',
        severity: 'warning',
        message: `service ${service} has resolvers in the Compose file too, and gets both`,
        help: 'keep dns: in one of the two files',
      });
    }
  }
  return problems;
}
