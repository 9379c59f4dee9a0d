import type { Problem } from '@itsup/config';
import type { Edge, ProjectRouting } from '../model';
import { PROXYNET } from '../networks/proxynet';

/**
 * Edges whose name another project's service answers first. Docker's resolver asks a container's internal networks in
 * the order of their names, and Compose gives every member of proxynet its service's name there; so a consumer on
 * proxynet whose network sorts behind it meets a service of that name from elsewhere before the provider's.
 *
 * @param routings of the enabled projects.
 */
export function edgeNameProblems(routings: readonly ProjectRouting[]): Problem[] {
  const members = new Map<string, string[]>();
  const onProxynet = new Set<string>();
  for (const { project, additions, networks: declared } of routings) {
    const shared = declared.find(({ kind }) => kind === 'proxynet')?.key;
    for (const { service, networks } of additions) {
      if (!networks.some(({ name }) => name === shared)) continue;
      onProxynet.add(project);
      members.set(service, [...(members.get(service) ?? []), project]);
    }
  }
  return routings.flatMap(({ edges }) => edges.flatMap((edge) => problemOf(edge, members, onProxynet)));
}

function problemOf(
  edge: Edge,
  members: ReadonlyMap<string, readonly string[]>,
  onProxynet: ReadonlySet<string>,
): Problem[] {
  const { consumer, provider, service, network, place } = edge;
  if (!onProxynet.has(consumer) || network < PROXYNET) return [];
  const other = members.get(service)?.find((project) => project !== provider && project !== consumer);
  if (other === undefined) return [];
  return [
    {
      code: 'egress-name-taken',
      severity: 'warning',
      message: `on ${PROXYNET} the name ${service} is answered by ${other} before ${provider}`,
      help: `in ${consumer}, write ${provider}-${service} instead of ${service}: that name means this edge alone`,
      place,
      project: consumer,
    },
  ];
}
