/** A generated file, not yet written. */
export interface ArtifactFile {
  /** Relative to the workspace root, with forward slashes. */
  path: string;
  text: string;
  /** Permission bits; 0o644 when absent. */
  mode?: number;
}

/**
 * The files that `generate` writes for a container project: always these two, whatever the settings say, so that
 * they can be declared as the exact outputs of a cached target. An external project has none.
 */
export function projectArtifactPaths(name: string): string[] {
  return [projectComposeFile(name), `upstream/${name}/docker-compose.ingress.yml`];
}

/** The Compose file that a project's stack is run with, relative to the workspace root. */
export function projectComposeFile(name: string): string {
  return `upstream/${name}/docker-compose.yml`;
}

/** The Compose file that the proxy stack is run with, relative to the workspace root. */
export const PROXY_COMPOSE_FILE = 'proxy/docker-compose.yml';

/**
 * Files of `proxy/` by what becomes of them: the rest of the path is the same under `proxy/` and in the state folder.
 */
const PUBLISHED = [
  'traefik/traefik.yml',
  'traefik/dynamic/middlewares.yml',
  'traefik/dynamic/routers-http.yml',
  'traefik/dynamic/routers-tcp.yml',
  'traefik/dynamic/routers-udp.yml',
  'traefik/plugins-local/src/itsup/client-address/.traefik.yml',
  'traefik/plugins-local/src/itsup/client-address/client_address.go',
  'dns/Corefile',
  'crowdsec/acquis.yaml',
];

/**
 * Context of the honeypot's image: the resolver plus a health check binary (its own image holds neither shell nor
 * client).
 */
const BUILT = ['dns/Dockerfile'];

/** The files that `generate` writes for the proxy: always these, whatever the settings say. */
export function proxyArtifactPaths(): string[] {
  return [PROXY_COMPOSE_FILE, ...[...PUBLISHED, ...BUILT].map((path) => `proxy/${path}`)].sort();
}

/**
 * What a deploy publishes: artifact path (relative to the workspace root) → path in the state folder, which the
 * containers of the proxy stack mount. Nothing of the stack mounts the workspace.
 */
export function publishedPaths(): Record<string, string> {
  return Object.fromEntries(PUBLISHED.map((path) => [`proxy/${path}`, path]));
}
