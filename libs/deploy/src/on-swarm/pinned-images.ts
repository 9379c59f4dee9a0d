import { UserError } from '@itsup/config';
import type { Docker } from '@itsup/docker';

import { digestsOf, isPinned } from '../images/image-lock';
import type { DesiredService } from '../plan/model';

/**
 * What each service runs, by content: all tasks run the same bytes, and a tag that moves changes nothing by itself. An
 * image that no registry knows (built here, or loaded from a file) goes by its id, which the engine looks for on its
 * own machine alone.
 *
 * @param nodes how many there are
 * @throws UserError for an image that the other nodes could not have
 */
export async function pinnedImages(
  docker: Pick<Docker, 'inspectImages'>,
  stack: string,
  services: readonly DesiredService[],
  nodes: number,
): Promise<Map<string, string>> {
  const present = await docker.inspectImages([...new Set(services.map(({ image }) => image))]);
  const pinned = new Map<string, string>();
  const local: string[] = [];
  for (const { name, image, locked, replicas } of services) {
    const details = present.get(image);
    const [digest = null] = locked === undefined ? digestsOf(image, details?.repoDigests ?? []) : [locked];
    if (isPinned(image)) pinned.set(name, image);
    else if (digest !== null) pinned.set(name, `${image}@${digest}`);
    else {
      pinned.set(name, details?.id ?? image);
      if (replicas > 0) local.push(name);
    }
  }
  if (nodes > 1 && local.length > 0) {
    throw new UserError({
      code: 'image-on-one-node',
      severity: 'error',
      project: stack,
      message: `${stack}: no registry has the image of ${local.join(', ')}, so the other ${nodes - 1} of ${nodes} nodes cannot run it`,
      help: 'push it to a registry that all nodes reach, and name it so by `image`',
    });
  }
  return pinned;
}
