/** A file that the proxy's containers read, by its path in the state folder. */
export interface PublishedFile {
  path: string;
  text: string;
}

export interface FileChange {
  path: string;
  action: 'create' | 'update' | 'remove';
}

/** Traefik's static configuration. */
export const STATIC_FILE = 'traefik/traefik.yml';

/** Traefik reads it again at every change; the rest it reads at its start. */
export function isDynamic(file: { path: string }): boolean {
  return file.path.startsWith('traefik/dynamic/');
}
