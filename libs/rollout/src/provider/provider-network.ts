import { subtree, textField } from '../tree-access';
import type { ProxyAccess } from '../types';

/** The default network of Traefik's docker provider. */
export function providerNetwork(proxy: Pick<ProxyAccess, 'staticConfiguration'> | null): string | null {
  const docker = subtree(subtree(proxy?.staticConfiguration, 'providers'), 'docker');
  return textField(docker, 'network') ?? null;
}
