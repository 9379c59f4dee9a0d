import type { Docker } from '@itsup/docker';

import { helperImage } from '../engine/helper-image';

const STIR_SECONDS = 30;

/**
 * Makes Traefik look at its containers again, by one that starts and ends: it follows containers, and learns of no
 * network that one of them joined or left. Without Traefik's image nobody is there to look.
 */
export async function stirTraefik(docker: Docker): Promise<void> {
  const image = await helperImage(docker);
  if (image === undefined) return;
  await docker.run(
    {
      image,
      entrypoint: 'traefik',
      command: ['version'],
      network: 'none',
      capDrop: ['ALL'],
      readOnly: true,
    },
    { timeoutSeconds: STIR_SECONDS },
  );
}
