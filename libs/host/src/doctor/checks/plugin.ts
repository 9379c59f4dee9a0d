import type { HostFacts } from '../facts';
import { error, findings, type Finding } from '../finding';

/** Whether the source of Traefik's CrowdSec plugin is the one that a deploy brought. */
export function checkPlugin({ plugin = null }: Pick<HostFacts, 'plugin'>): Finding[] {
  if (plugin === null) return [];
  const { reference, digest, locked, damage } = plugin;
  const fault =
    digest === null
      ? 'is not here yet'
      : damage !== null
        ? `is not what was downloaded: ${damage}`
        : locked !== null && locked !== digest
          ? 'is another one than projects/images.lock.yml holds'
          : null;
  return findings('plugin', `${reference} is as it was downloaded`, [
    fault === null
      ? null
      : error(
          `Traefik's plugin ${reference} ${fault}`,
          'a deploy of the proxy puts it right: itsup deploy proxy',
        ),
  ]);
}
