import { HOST_FILES } from './project-folder';

/** Whose a path of the workspace is, from the workspace root. */
export type FileOwner =
  /** Nobody's source: secrets, git's and Nx's own files, caches. */
  | { kind: 'private' }
  /** The host's: settings, and what is generated for the proxy. */
  | { kind: 'host' }
  /** A folder of `projects/`, or what is generated for it. Whether it is a project is not looked at. */
  | { kind: 'project'; name: string }
  /** Free for all projects. */
  | { kind: 'shared' };

/** By the path alone; links are resolved before. */
export function ownerOf(file: string): FileOwner {
  if (isPrivate(file)) return { kind: 'private' };
  const [top, second, ...rest] = file.split('/');
  if (top === 'proxy') return { kind: 'host' };
  if (top === 'projects' && rest.length === 0 && isHostFile(second ?? '')) return { kind: 'host' };
  if ((top === 'projects' || top === 'upstream') && second !== undefined && !second.includes('.yml'))
    return { kind: 'project', name: second };
  return { kind: 'shared' };
}

function isHostFile(name: string): boolean {
  return HOST_FILES.some((file) => file === name);
}

/**
 * No project may have it for a source, and nothing of it is read: `secrets/`, git's and Nx's folders wherever they are,
 * and, outside of the projects' own folders, hidden files (`.npmrc`, `.env`) and installed packages with their caches.
 */
export function isPrivate(file: string): boolean {
  const segments = file.split('/');
  if (segments[0] === 'secrets' || segments.includes('.git') || segments.includes('.nx')) return true;
  if (segments[0] === 'projects' && segments.length > 2) return false;
  return segments.some(
    (segment) => segment === 'node_modules' || (segment.startsWith('.') && segment !== '.'),
  );
}

/** A project's own part of `secrets/`: its file in any form (`blog.env`, `blog.enc.env`), or a folder of its name. */
export function isOwnSecret(file: string, project: string): boolean {
  return file.startsWith(`secrets/${project}.`) || file.startsWith(`secrets/${project}/`);
}
