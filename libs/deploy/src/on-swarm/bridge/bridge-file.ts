import { STACK_NAME_LABEL, WORKSPACE_LABEL } from '../../swarm/deployed-label';
import type { StackFile, StackService } from '../../swarm/stack-file';

/** Also where Traefik takes what says nothing. */
const NOT_ROUTED = { 'traefik.enable': 'false' };
const WHOSE_LABELS = [WORKSPACE_LABEL, STACK_NAME_LABEL];

/** The services alone, on networks that are there, and for nobody's router: the route file leads to them. */
export function bridgeFileOf(file: StackFile, names: readonly string[]): StackFile {
  const services = names.flatMap((name): [string, StackService][] => {
    const one = file.services[name];
    if (one === undefined) return [];
    const whose = Object.entries(one.deploy.labels).filter(([key]) => WHOSE_LABELS.includes(key));
    return [
      [name, { ...one, deploy: { ...one.deploy, labels: { ...Object.fromEntries(whose), ...NOT_ROUTED } } }],
    ];
  });
  const networks = Object.entries(file.networks).map(
    ([key, { name }]) => [key, { name, external: true as const }] as const,
  );
  return { ...file, services: Object.fromEntries(services), networks: Object.fromEntries(networks) };
}
