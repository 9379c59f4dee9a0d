import { booleanIn, field, listField, subtree, textField, type Tree } from '@itsup/traefik';
import type { ProxyAccess } from '../types';

/** The default network of Traefik's docker provider. */
export function providerNetwork(proxy: Pick<ProxyAccess, 'staticConfiguration'> | null): string | null {
  const docker = subtree(subtree(proxy?.staticConfiguration, 'providers'), 'docker');
  return textField(docker, 'network') ?? null;
}

/** Whether Traefik is the one of a swarm. */
export function isOnSwarm(proxy: Pick<ProxyAccess, 'staticConfiguration'> | null): boolean {
  return Object.keys(subtree(subtree(proxy?.staticConfiguration, 'providers'), 'swarm')).length > 0;
}

/** Whether Traefik's provider of labels reads containers that no label enables (`exposedByDefault`). */
export function isExposedByDefault(proxy: Pick<ProxyAccess, 'staticConfiguration'> | null): boolean {
  const providers = subtree(proxy?.staticConfiguration, 'providers');
  const provider = subtree(providers, isOnSwarm(proxy) ? 'swarm' : 'docker');
  return booleanIn(textField(provider, 'exposedByDefault') ?? '') === true;
}

/** Whether `providers.precedence` lets the file provider's router win a tie with the docker provider's. */
export function filesWinTies(configuration: Tree): boolean {
  const order = listField(subtree(configuration, 'providers'), 'precedence').map((name) =>
    name.toLowerCase(),
  );
  const file = order.indexOf('file');
  const docker = order.indexOf('docker');
  return file >= 0 && (docker < 0 || file < docker);
}

/** Whether another implementation of Traefik's carries HTTP/1 to the containers (`experimental.fastProxy`). */
export function usesFastProxy(configuration: Tree): boolean {
  const written = field(subtree(configuration, 'experimental'), 'fastProxy');
  return written !== undefined && String(written) !== 'false';
}
