import type { Settings } from '@itsup/config';

/** The images that the proxy runs and builds from, by the setting of their version. */
export interface ProxyImages {
  traefik: string;
  dockerproxy: string;
  dns: string;
  crowdsec: string;
}

/** What the honeypot is built as; the tag says what from. */
export const HONEYPOT_IMAGE = 'itsup-dns';

/** A version is a tag, a digest, or an image of one's own. */
export function proxyImages({ versions }: Pick<Settings, 'versions'>): ProxyImages {
  return {
    traefik: imageOf('traefik', versions.traefik),
    dockerproxy: imageOf('wollomatic/socket-proxy', versions.dockerproxy),
    dns: imageOf('coredns/coredns', versions.dns),
    crowdsec: imageOf('crowdsecurity/crowdsec', versions.crowdsec),
  };
}

function imageOf(repository: string, version: string): string {
  if (version.includes('/')) return version;
  return version.startsWith('sha256:') ? `${repository}@${version}` : `${repository}:${version}`;
}

/**
 * One spelling for all references of an image: `docker.io/library/nginx` and `nginx:latest` are one name on the engine
 * (`ParseNormalizedNamed` and `TagNameOnly` of distribution's reference package).
 */
export function imageName(reference: string): string {
  const [name = '', digest] = reference.split('@');
  const path = name.replace(/^(?:index\.)?docker\.io\//, '').replace(/^library\//, '');
  if (digest !== undefined) return `${path}@${digest}`;
  return path.lastIndexOf(':') > path.lastIndexOf('/') ? path : `${path}:latest`;
}
