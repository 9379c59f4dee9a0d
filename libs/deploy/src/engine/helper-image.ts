import { type Docker, ofComposeProject } from '@itsup/docker';

import { handoverLabel } from '@itsup/rollout';
import { TRAEFIK, PROXY_STACK } from '../requests';

/**
 * The image through which a user who is not root reaches the host's packet filter: Traefik's own. It is built on
 * Alpine, whose busybox has `nsenter`, and it is on the engine wherever a Traefik runs or is about to; iptables itself
 * is the host's.
 *
 * @param wanted the image of the Traefik to come, where it is known
 * @returns one that the engine has. Else the wanted one, so that a message can name it
 */
export async function helperImage(
  docker: Pick<Docker, 'listContainers' | 'inspectImages'>,
  wanted: string | null = null,
): Promise<string | undefined> {
  const [running, temporary] = await Promise.all([
    docker.listContainers({
      labelFilters: ofComposeProject(PROXY_STACK, TRAEFIK),
    }),
    // A hand-over may have been killed when there was no other Traefik, and its rules have to be found.
    docker.listContainers({ labelFilters: [handoverLabel] }),
  ]);
  const candidates = [
    ...(wanted === null || wanted === '' ? [] : [wanted]),
    ...[...running, ...temporary].map(({ image }) => image),
  ];
  if (candidates.length === 0) return undefined;
  const present = await docker.inspectImages([...new Set(candidates)]);
  return candidates.find((image) => present.has(image)) ?? candidates[0];
}
