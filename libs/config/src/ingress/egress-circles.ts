/** Who needs whom: by consumer, its providers. */
export type EgressGraph = ReadonlyMap<string, Iterable<string>>;

/**
 * The circles of egress, each as the projects that need each other: the second needs the first, the third the second,
 * and so on; the first needs the last. That last edge closes the circle, and nobody waits for it: the consumer is
 * deployed first. Without these edges no circle is left. As in itsUP the alphabet decides where an order is missing, so
 * of two projects that need each other the first by name is deployed first.
 *
 * Depth first from provider to consumer, without recursion: chains of edges may be long.
 */
export function egressCircles(graph: EgressGraph): string[][] {
  const consumers = new Map<string, string[]>();
  for (const [consumer, providers] of graph) {
    for (const provider of new Set(providers)) {
      if (provider === consumer) continue;
      consumers.set(provider, [...(consumers.get(provider) ?? []), consumer]);
    }
  }
  const circles: string[][] = [];
  const done = new Set<string>();
  for (const root of [...consumers.keys()].sort()) {
    if (done.has(root)) continue;
    const path = [{ name: root, rest: (consumers.get(root) ?? []).sort() }];
    const onPath = new Map([[root, 0]]);
    for (let top = path.at(-1); top; top = path.at(-1)) {
      const next = top.rest.shift();
      if (next === undefined) {
        done.add(top.name);
        onPath.delete(top.name);
        path.pop();
        continue;
      }
      const start = onPath.get(next);
      if (start !== undefined) circles.push(path.slice(start).map(({ name }) => name));
      else if (!done.has(next)) {
        onPath.set(next, path.length);
        path.push({ name: next, rest: (consumers.get(next) ?? []).sort() });
      }
    }
  }
  return circles;
}

/** The edges that close a circle, as `consumer provider`. */
export function closingEdges(graph: EgressGraph): Set<string> {
  return new Set(egressCircles(graph).map((circle) => `${circle[0]} ${circle.at(-1)}`));
}
