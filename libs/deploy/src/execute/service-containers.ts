import { ofComposeProject, type Docker } from '@itsup/docker';

import type { LoadedStack } from '../desired/load-desired';

/** Ids of the service's containers, one-off ones and those that are about to go left out. */
export async function containersOf(
  docker: Docker,
  { spec }: Pick<LoadedStack, 'spec'>,
  service: string,
  retired: readonly string[] = [],
): Promise<string[]> {
  const listing = await docker.listContainers({ labelFilters: ofComposeProject(spec.projectName, service) });
  return listing
    .filter(({ compose, id }) => compose !== null && !compose.oneoff && !retired.includes(id))
    .map(({ id }) => id);
}
