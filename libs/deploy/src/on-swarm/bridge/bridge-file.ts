import { STACK_NAME_LABEL, WORKSPACE_LABEL } from '../../swarm/deployed-label';
import type { StackFile, StackService } from '../../swarm/stack-file';

/** The services alone, on networks that are there, and for nobody's router: the route file leads to them. */
export function bridgeFileOf(
  file: StackFile,
  names: readonly string[],
  { workspace, stack }: { workspace: string; stack: string },
): StackFile {
  const services = names.flatMap((name): [string, StackService][] => {
    const one = file.services[name];
    if (one === undefined) return [];
    const labels = { [WORKSPACE_LABEL]: workspace, [STACK_NAME_LABEL]: stack };
    return [[name, { ...one, deploy: { ...one.deploy, labels } }]];
  });
  const networks = Object.entries(file.networks).map(
    ([key, { name }]) => [key, { name, external: true as const }] as const,
  );
  return { ...file, services: Object.fromEntries(services), networks: Object.fromEntries(networks) };
}
