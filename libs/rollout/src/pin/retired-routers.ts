import { field, listField, textField, withoutField, type Tree } from '@itsup/traefik';
import { pinnedName, type PinOwner } from './pin-names';
import type { Protocol } from '../provider/provided-configuration';
import type { DynamicConfiguration } from '../types';

/**
 * Overrides published routers that must not serve any more; what they matched goes where it will go once they are gone.
 */
export function overrideRetired(
  protocol: Protocol,
  input: PinOwner & { retired: DynamicConfiguration },
  routers: Record<string, Tree>,
  services: Record<string, Tree>,
): void {
  const retired: Record<string, Tree> = input.retired[protocol]?.routers ?? {};
  const nowhere = pinnedName('nowhere', input);
  for (const [name, router] of Object.entries(retired)) {
    if (routers[name]) continue;
    if (protocol === 'http') {
      routers[name] = {
        ...withoutField(router, 'middlewares'),
        rule: '!PathPrefix(`/`)',
        service: 'noop@internal',
      };
      continue;
    }
    services[nowhere] = { loadBalancer: { servers: [{ address: '127.0.0.1:9' }] } };
    if (protocol === 'tcp') {
      const entryPoints = field(router, 'entryPoints');
      routers[name] = {
        ...(entryPoints ? { entryPoints } : {}),
        rule: 'ClientIP(`255.255.255.255/32`)',
        service: nowhere,
      };
    } else {
      // One entry point has one UDP router, the last by name: it has to lead to the same place whichever name wins.
      const points = listField(router, 'entryPoints');
      const heir = Object.values(routers).find((other) =>
        listField(other, 'entryPoints').some((point) => points.includes(point)),
      );
      routers[name] = { entryPoints: points, service: textField(heir, 'service') ?? nowhere };
    }
  }
}
