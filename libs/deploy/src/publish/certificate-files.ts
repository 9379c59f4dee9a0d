import { posix } from 'node:path';

import { AUTHORITY_FILE } from '@itsup/artifacts';
import type { Settings } from '@itsup/config';
import { acmeResolvers, internalEntryPoint } from '@itsup/traefik';
import { parse, stringify } from 'yaml';

import { STATIC_FILE, type PublishedFile } from './published-file';

/** The route of challenges on the internal entry point, which a temporary Traefik leads them to. */
export const CHALLENGES_FILE = 'traefik/dynamic/challenges.yml';

const HIGHEST_PRIORITY = '9223372036854774807';

/**
 * What certificates take beside the artifacts: what the authority is checked by, and, where names are proved by HTTP,
 * Traefik's answer to challenges on its internal entry point too. That is no public port, so while a hand-over
 * redirects those it leads to the instance that asked.
 * @param files the static configuration among them
 */
export function certificateFiles(
  { letsEncrypt: { caCertificates } }: Pick<Settings, 'letsEncrypt'>,
  files: readonly PublishedFile[],
): PublishedFile[] {
  const text = files.find(({ path }) => path === STATIC_FILE)?.text ?? '';
  const configuration = (parse(text, { merge: true }) ?? {}) as Record<string, unknown>;
  const answers = acmeResolvers(configuration).some(({ challenge }) => challenge === 'http');
  return [
    ...(caCertificates === null
      ? []
      : [{ path: posix.join('traefik', posix.basename(AUTHORITY_FILE)), text: caCertificates }]),
    ...(answers ? [challengesFile()] : []),
  ];
}

function challengesFile(): PublishedFile {
  return {
    path: CHALLENGES_FILE,
    text: `# Written by a deploy: challenges reach the Traefik that asked, also while a hand-over redirects the public ports.
${stringify({
  http: {
    routers: {
      'itsup-challenges': {
        entryPoints: [internalEntryPoint],
        rule: 'PathPrefix(`/.well-known/acme-challenge/`)',
        priority: HIGHEST_PRIORITY,
        service: 'acme-http@internal',
      },
    },
  },
})}`,
  };
}
