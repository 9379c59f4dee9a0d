import { createHash } from 'node:crypto';

import { stringify } from 'yaml';

import { API_USER, internalEntryPoint } from '@itsup/traefik';
import type { PublishedFile } from './published-file';

/**
 * Above every router that a container or a file may bring (Traefik: the largest integer less a thousand). As text: no
 * number of ours holds it.
 */
const HIGHEST_PRIORITY = '9223372036854774807';

/**
 * The router of Traefik's API on the internal entry point, for whoever knows the secret. A digest without salt or
 * rounds will do, for nobody guesses 256 random bits; one with rounds would cost Traefik more than the answer, and a
 * rollout asks every 25 ms.
 * @param secret null: not made yet, and nobody is let in
 */
export function apiRoute(secret: string | null): PublishedFile {
  const users =
    secret === null ? [] : [`${API_USER}:{SHA}${createHash('sha1').update(secret).digest('base64')}`];
  const name = 'itsup-api';
  return {
    path: 'traefik/dynamic/api.yml',
    text: `# Written by a deploy: Traefik's API, which deploys ask what is served. Its secret is made of the key in workspace.json.
${stringify({
  http: {
    routers: {
      [name]: {
        entryPoints: [internalEntryPoint],
        rule: 'PathPrefix(`/api`)',
        priority: HIGHEST_PRIORITY,
        service: 'api@internal',
        middlewares: [name],
      },
    },
    middlewares: { [name]: { basicAuth: { users, removeHeader: true } } },
  },
})}`,
  };
}
