import type { ContainerFacts, ProxyAccess } from '../types';
import { isRouted, provideConfiguration } from './docker-provider';
import { emptyConfiguration, type ProvidedConfiguration } from './provided-configuration';
import { isExposedByDefault, providerNetwork } from './provider-network';

/** What the docker provider of the Traefik that runs makes of containers; nothing where none runs. */
export function providedBy(
  proxy: ProxyAccess | null,
  containers: readonly ContainerFacts[],
): ProvidedConfiguration {
  return proxy
    ? provideConfiguration(containers, providerNetwork(proxy), {
        knowsTypes: proxy.knowsTypes === true,
        isExposed: isExposedByDefault(proxy),
      })
    : emptyConfiguration();
}

/** Whether the Traefik that runs takes routes from a container with these labels, if it runs and is well. */
export function isRoutedBy(proxy: ProxyAccess, labels: Readonly<Record<string, string>>): boolean {
  return isRouted(labels, isExposedByDefault(proxy));
}
