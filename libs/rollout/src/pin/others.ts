import { composeOwner } from '@itsup/docker';

import { providedBy } from '../provider/provided-by';
import { emptyConfiguration, type ProvidedConfiguration } from '../provider/provided-configuration';
import type { ProxyAccess, RolloutDocker } from '../types';

/** All containers but those of one service, as they are when they are asked for first. */
export class Others {
  private known: ProvidedConfiguration | null = null;

  constructor(
    private readonly proxy: ProxyAccess | null,
    private readonly subject: { composeProject: string; service: string },
  ) {}

  /**
   * What Traefik's docker provider makes of them. An engine that does not answer is asked anew the next time.
   * @param docker of whoever asks, who waits for it as long as he has time
   */
  async provided(docker: Pick<RolloutDocker, 'listRunning'>): Promise<ProvidedConfiguration> {
    const found = this.known ?? (await this.read(docker));
    this.known = found;
    return found;
  }

  private async read(docker: Pick<RolloutDocker, 'listRunning'>): Promise<ProvidedConfiguration> {
    const { composeProject, service } = this.subject;
    // Of a Traefik whose types nobody knows nothing more is touched than has to be.
    if (this.proxy?.knowsTypes !== true) return emptyConfiguration();
    const all = await docker.listRunning();
    return providedBy(
      this.proxy,
      all.filter(({ labels }) => {
        const owner = composeOwner(labels);
        return owner.project !== composeProject || owner.service !== service;
      }),
    );
  }
}
