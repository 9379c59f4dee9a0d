import type { NodeStatus } from '../on-swarm/nodes';

/** The machines of a swarm, a line each, and below it what of it is worth a word. */
export function formatNodes(nodes: readonly NodeStatus[]): string {
  const rows = nodes.map(
    ({ name, isHere, role, isLeader, state, availability, address, engineVersion, tasks }) => [
      isHere ? `${name} (here)` : name,
      isLeader ? `${role}, leader` : role,
      availability === 'active' ? state : `${state}, ${availability}`,
      address,
      `Docker ${engineVersion}`,
      `${tasks} ${tasks === 1 ? 'task' : 'tasks'}`,
    ],
  );
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const data = nodes.flatMap(({ name, data: stacks }) =>
    stacks.length === 0 ? [] : [`  data of ${stacks.join(', ')}: ${name}`],
  );
  return [...lines, ...data, ...remarksOf(nodes)].join('\n');
}

function remarksOf(nodes: readonly NodeStatus[]): string[] {
  const managers = nodes.filter(({ role }) => role === 'manager').length;
  if (managers % 2 === 1) return [];
  return [
    `  ${managers} managers stand a loss no better than ${managers - 1}, and lose the swarm when ${managers / 2} are gone: have an odd number`,
  ];
}
