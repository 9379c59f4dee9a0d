import { egressCircles, type Problem } from '@itsup/config';
import type { Edge } from '../model';

/**
 * Circles of egress, told to each project of one at its own edge. They deploy in the order of the alphabet: the edge
 * that closes a circle is not waited for.
 */
export function circleProblems(edges: readonly Edge[]): Problem[] {
  return egressCircles(graphOf(edges)).flatMap((circle) => {
    // Against the order of deploying, as the edges point: each needs the next.
    const chain = [...circle].reverse();
    const links = chain.flatMap((consumer, index) => {
      const provider = chain[(index + 1) % chain.length];
      return edges.find((edge) => edge.consumer === consumer && edge.provider === provider) ?? [];
    });
    const [first = '', second = ''] = circle;
    const last = circle.at(-1) ?? '';
    return links.map((edge): Problem => ({
      code: 'egress-circle',
      severity: 'warning',
      message: `egress goes round in a circle: ${[...chain, chain[0]].join(' → ')}`,
      help: `${first} is deployed first, without waiting for ${last}, then ${second}: each must start without the other`,
      place: edge.place,
      project: edge.consumer,
      related: links
        .filter((other) => other !== edge)
        .map(({ consumer, provider, place }) => ({ message: `${consumer} needs ${provider} here`, place })),
    }));
  });
}

/** Who needs whom, by consumer. */
export function graphOf(edges: readonly Edge[]): Map<string, string[]> {
  const graph = new Map<string, string[]>();
  for (const { consumer, provider } of edges) graph.set(consumer, [...(graph.get(consumer) ?? []), provider]);
  return graph;
}
