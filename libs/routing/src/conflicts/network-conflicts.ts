import type { Edge } from '../model';
import { collect } from '../order';
import {
  compareParties,
  conflictAt,
  listed,
  type Conflict,
  type Party,
  type RoutedProject,
} from './conflict';

/** Edges of different projects whose networks would be one, so that one's containers would see the other's. */
export function networkConflicts(routed: readonly RoutedProject[]): Conflict[] {
  const byNetwork = new Map<string, Edge[]>();
  for (const { routing } of routed) for (const edge of routing.edges) collect(byNetwork, edge.network, edge);
  return [...byNetwork].flatMap(([network, edges]) => {
    const parties: Party[] = edges
      .map(({ consumer, provider, service, place }) => ({
        project: consumer,
        label: `${consumer} → ${provider}:${service}`,
        place,
      }))
      .sort(compareParties);
    const at = parties.at(-1);
    if (!at || parties.length < 2) return [];
    return [
      conflictAt(
        at,
        parties.slice(0, -1),
        {
          code: 'network-name-conflict',
          message: `${listed(parties.map(({ label }) => label))} would share the network ${network}`,
          help: 'rename a project',
        },
        ({ label }) => `${label} is here`,
      ),
    ];
  });
}
