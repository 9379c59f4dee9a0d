import { compareText } from '@itsup/config';

import type { DesiredEdge, EdgePlan, ObservedContainer } from '../model';

/**
 * What happens to the networks between this stack and its providers. A provider's containers are attached live and
 * never restarted for it.
 * @param deployed the edges that the last deploy left
 * @param containers of all stacks: the providers' are among them
 */
export function planEdges(
  consumer: string,
  desired: DesiredEdge[],
  deployed: DesiredEdge[],
  containers: ObservedContainer[],
): EdgePlan[] {
  const known = new Set(deployed.map((edge) => edge.network));
  const wanted = new Set(desired.map((edge) => edge.network));
  const plans = desired.map((edge) => {
    const missing = providersOf(edge, containers).filter(
      (container) => !container.networks.includes(edge.network),
    );
    const isNew = !known.has(edge.network);
    return planned(missing.length > 0 || isNew ? 'connect' : 'none', consumer, edge, missing);
  });
  for (const edge of deployed) {
    if (wanted.has(edge.network)) continue;
    const attached = providersOf(edge, containers).filter((container) =>
      container.networks.includes(edge.network),
    );
    plans.push(planned('disconnect', consumer, edge, attached));
  }
  return plans.sort((a, b) => compareText(a.network, b.network));
}

/** Running containers of the edge's provider. */
export function providersOf(edge: DesiredEdge, containers: ObservedContainer[]): ObservedContainer[] {
  return containers.filter(
    (container) =>
      container.projectName === edge.providerProjectName &&
      container.service === edge.service &&
      container.state === 'running',
  );
}

function planned(
  action: EdgePlan['action'],
  consumer: string,
  { network, provider, service }: DesiredEdge,
  containers: ObservedContainer[],
): EdgePlan {
  return { action, network, consumer, provider, service, containers: containers.map(({ id }) => id) };
}
