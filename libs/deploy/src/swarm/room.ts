import type { ComposeService, SwarmNode } from '@itsup/docker';

/** What keeps a task from running beside the one that it replaces, where every machine has as many as it may have. */
export const FULL = 'max_replicas_per_node leaves no machine for one more task';

/**
 * Whether the machines of a swarm have room for as many more tasks of a service as are replaced at a time: without, a
 * new one would wait for ever for an old one to go. Pure.
 * @param constraints of its placement, those of the deploy among them
 */
export function hasRoom(
  { deploy = {}, scale }: Pick<ComposeService, 'deploy' | 'scale'>,
  constraints: readonly string[],
  nodes: readonly SwarmNode[],
): boolean {
  const most = deploy.placement?.max_replicas_per_node ?? 0;
  if (most === 0) return true;
  const replicas = scale ?? deploy.replicas ?? 1;
  const atOnce = deploy.update_config?.parallelism ?? 1;
  const taking = nodes.filter(
    (node) =>
      node.state === 'ready' &&
      node.availability === 'active' &&
      constraints.every((one) => meets(node, one)),
  );
  return taking.length * most >= replicas + (atOnce === 0 ? replicas : atOnce);
}

/** As SwarmKit reads it, without regard to case; what the listing of machines does not say counts as not met. */
function meets({ id, hostName, role, labels }: SwarmNode, constraint: string): boolean {
  const [, key = '', operator, wanted = ''] = /^\s*([\w.-]+)\s*(==|!=)\s*(.*?)\s*$/.exec(constraint) ?? [];
  const known: Record<string, string> = { 'node.id': id, 'node.hostname': hostName, 'node.role': role };
  const label = /^node\.labels\.(.+)$/.exec(key)?.[1];
  const value = label === undefined ? known[key.toLowerCase()] : (labels[label] ?? '');
  if (value === undefined) return false;
  return (value.toLowerCase() === wanted.toLowerCase()) === (operator === '==');
}
