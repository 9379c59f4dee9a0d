import type { DesiredStack } from '../model';

/** Whether labels tell Traefik of the service. */
export function hasRouteLabels({ services }: Pick<DesiredStack, 'services'>, service: string): boolean {
  const aspects = services.find(({ name }) => name === service)?.aspects ?? {};
  return Object.keys(aspects).some((aspect) => aspect.startsWith('label traefik.'));
}
