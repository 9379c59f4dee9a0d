import type { Docker } from '@itsup/docker';

/** Stops and removes by id; what is gone already is done. Their volumes stay, anonymous ones too, as with Compose. */
export async function removeContainers(docker: Docker, ids: string[]): Promise<void> {
  await docker.stop(ids);
  await docker.remove(ids, { force: true });
}
