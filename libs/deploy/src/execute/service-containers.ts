import type { Docker } from '@itsup/docker';

import type { LoadedStack } from '../desired/load-desired';

const PROJECT_LABEL = 'com.docker.compose.project';
const SERVICE_LABEL = 'com.docker.compose.service';

/** Ids of the service's containers, one-off ones and those that are about to go left out. */
export async function containersOf(
  docker: Docker,
  { spec }: Pick<LoadedStack, 'spec'>,
  service: string,
  retired: readonly string[] = [],
): Promise<string[]> {
  const listing = await docker.listContainers({
    labelFilters: [`${PROJECT_LABEL}=${spec.projectName}`, `${SERVICE_LABEL}=${service}`],
  });
  return listing
    .filter(({ compose, id }) => compose !== null && !compose.oneoff && !retired.includes(id))
    .map(({ id }) => id);
}
