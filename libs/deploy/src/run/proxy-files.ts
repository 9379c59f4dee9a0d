import path from 'node:path';

import { PROXY_COMPOSE_FILE, publishedPaths, type ArtifactFile } from '@itsup/artifacts';
import { parse } from 'yaml';

import { canonicalJson, sha256 } from '../desired/digest';
import { STATIC_FILE, type PublishedFile } from '../publish/published-file';
import { TRAEFIK } from '../requests';

export function traefikImage(artifacts: readonly ArtifactFile[]): string {
  const compose = artifacts.find(({ path: file }) => file === PROXY_COMPOSE_FILE)?.text ?? '';
  const { services } = parse(compose) as { services?: Record<string, { image?: string }> };
  return services?.[TRAEFIK]?.image ?? '';
}

/** What the proxy serves when the sources are deployed as they are. */
export function proxyFiles(artifacts: readonly ArtifactFile[]): PublishedFile[] {
  const places = publishedPaths();
  return artifacts.flatMap((file) => {
    const target = places[file.path];
    return target === undefined ? [] : [{ path: target, text: file.text }];
  });
}

/** Traefik watches its dynamic folder, CoreDNS its Corefile when told to reload it; the rest is read at the start. */
export function startedWith(files: PublishedFile[]): Record<string, string> {
  const digests: Record<string, string> = {};
  for (const file of files) {
    if (file.path.startsWith('traefik/dynamic/')) continue;
    if (path.basename(file.path) === 'Corefile' && /^\s*reload\b/m.test(file.text)) continue;
    // A comment is no reason to restart Traefik.
    const content = file.path === STATIC_FILE ? canonicalJson(parse(file.text, { merge: true })) : file.text;
    digests[file.path] = sha256(content);
  }
  return digests;
}
