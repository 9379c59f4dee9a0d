import type { DesiredStack } from './model';

/** Whether labels make a router of this name. */
export function hasRouter({ services }: Pick<DesiredStack, 'services'>, router: string): boolean {
  const labels = ['http', 'tcp', 'udp'].map((kind) => `label traefik.${kind}.routers.${router}.`);
  return services.some(({ aspects }) =>
    Object.keys(aspects).some((aspect) => labels.some((label) => aspect.startsWith(label))),
  );
}

/** Whether labels tell Traefik of the service. */
export function hasRouteLabels({ services }: Pick<DesiredStack, 'services'>, service: string): boolean {
  const aspects = services.find(({ name }) => name === service)?.aspects ?? {};
  return Object.keys(aspects).some((aspect) => aspect.startsWith('label traefik.'));
}
