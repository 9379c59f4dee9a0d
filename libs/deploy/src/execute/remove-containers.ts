import type { Docker } from '@itsup/docker';

/** Stops and removes by id; what is gone already is done. Anonymous volumes go along, named ones never. */
export async function removeContainers(docker: Docker, ids: string[]): Promise<void> {
  await docker.stop(ids);
  await docker.remove(ids, { force: true, volumes: true });
}
