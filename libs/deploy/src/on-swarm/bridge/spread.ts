import type { ComposeService, SwarmNode } from '@itsup/docker';

import type { StackFile } from '../../swarm/stack-file';

/**
 * The file with the old tasks of bridged services going first, so that the engine spreads the new ones over the
 * machines: a new task that starts beside the old ones is placed as though these stayed, and all may end up on one
 * machine. Nobody comes to the old ones through Traefik by then; a sibling that calls the service by its name finds
 * one task less for a moment, so a service of one task keeps its order, as does one whose file says it. Pure.
 */
export function spreading(
  file: StackFile,
  names: readonly string[],
  model: Readonly<Record<string, Pick<ComposeService, 'deploy'>>>,
  nodes: readonly Pick<SwarmNode, 'state' | 'availability'>[],
): StackFile {
  const taking = nodes.filter(({ state, availability }) => state === 'ready' && availability === 'active');
  if (taking.length < 2) return file;
  const services = Object.entries(file.services).map(([name, service]) => {
    const { deploy } = service;
    const isWritten = model[name]?.deploy?.update_config?.order !== undefined;
    if (!names.includes(name) || isWritten || (deploy.replicas ?? 1) < 2) return [name, service] as const;
    const update_config = { ...deploy.update_config, order: 'stop-first' };
    return [name, { ...service, deploy: { ...deploy, update_config } }] as const;
  });
  return { ...file, services: Object.fromEntries(services) };
}
