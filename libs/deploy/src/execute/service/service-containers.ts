import { ofComposeProject, type Docker } from '@itsup/docker';

import type { LoadedStack } from '../../desired/loaded-stack';

/** Ids of the service's containers, one-off ones and those that are about to go left out. */
export async function containersOf(
  docker: Docker,
  { spec }: Pick<LoadedStack, 'spec'>,
  service: string,
  retired: readonly string[] = [],
): Promise<string[]> {
  return (await containersOfAll(docker, { spec }, [service], retired)).map(({ id }) => id);
}

/** The same of several services, from one listing. */
export async function containersOfAll(
  docker: Docker,
  { spec }: Pick<LoadedStack, 'spec'>,
  services: readonly string[],
  retired: readonly string[] = [],
): Promise<{ id: string; service: string }[]> {
  const only = services.length === 1 ? services[0] : undefined;
  const listing = await docker.listContainers({ labelFilters: ofComposeProject(spec.projectName, only) });
  return listing.flatMap(({ compose, id }) =>
    compose === null || compose.oneoff || retired.includes(id) || !services.includes(compose.service)
      ? []
      : [{ id, service: compose.service }],
  );
}
