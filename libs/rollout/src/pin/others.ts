import { composeOwner } from '@itsup/docker';

import {
  emptyConfiguration,
  provideConfiguration,
  type ProvidedConfiguration,
} from '../provider/provided-configuration';
import { providerNetwork } from '../provider/provider-network';
import type { ContainerFacts, ProxyAccess, RolloutContext } from '../types';

/** What the docker provider of the Traefik that runs makes of containers; nothing where none runs. */
export function providedBy(proxy: ProxyAccess | null, containers: ContainerFacts[]): ProvidedConfiguration {
  return proxy
    ? provideConfiguration(containers, providerNetwork(proxy), proxy.knowsTypes === true)
    : emptyConfiguration();
}

/** All containers but those of one service, as they are when they are asked for first. */
export class Others {
  private known: Promise<ProvidedConfiguration> | null = null;

  constructor(
    private readonly context: Pick<RolloutContext, 'docker' | 'proxy'>,
    private readonly subject: { composeProject: string; service: string },
  ) {}

  /** What Traefik's docker provider makes of them. An engine that does not answer is asked anew the next time. */
  provided(): Promise<ProvidedConfiguration> {
    const asked = (this.known ??= this.read());
    asked.catch(() => {
      if (this.known === asked) this.known = null;
    });
    return asked;
  }

  private async read(): Promise<ProvidedConfiguration> {
    const { composeProject, service } = this.subject;
    const { docker, proxy } = this.context;
    // Of a Traefik whose types nobody knows nothing more is touched than has to be.
    if (proxy?.knowsTypes !== true) return emptyConfiguration();
    const all = await docker.listRouted();
    return providedBy(
      proxy,
      all.filter(({ labels }) => {
        const owner = composeOwner(labels);
        return owner.project !== composeProject || owner.service !== service;
      }),
    );
  }
}
