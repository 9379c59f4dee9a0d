import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Names of the proxy's stack, which a project cannot have. */
export const RESERVED_NAMES: readonly string[] = ['dns', 'proxy', 'traefik'];

/** The host's settings, in `projects/` itself. */
export const HOST_FILES = ['itsup.yml', 'traefik.yml', 'middlewares.yml'] as const;

/** What stands in the folder is mirrored into `upstream/<name>/` with `paths: upstream`. */
export const MIRRORED_FOLDER = 'files';

/** Compose's own order of preference; the first that exists is the one it reads. */
export const COMPOSE_FILES = [
  'compose.yaml',
  'compose.yml',
  'docker-compose.yml',
  'docker-compose.yaml',
] as const;

/** The first that exists is merged over the Compose file, whatever that one is called. */
export const COMPOSE_OVERRIDE_FILES = [
  'compose.override.yml',
  'compose.override.yaml',
  'docker-compose.override.yml',
  'docker-compose.override.yaml',
] as const;

/** itsUP's newer name first: where both exist it wins. */
export const INGRESS_FILES = ['itsup-project.yml', 'ingress.yml'] as const;

/** What Nx would take commands, another name or other files from. */
export const NX_FILES = ['project.json', '.nxignore'] as const;

const KNOWN: ReadonlySet<string> = new Set([...COMPOSE_FILES, ...COMPOSE_OVERRIDE_FILES, ...INGRESS_FILES]);

/** Which of the files that we know a project's folder holds; names without the folder. */
export interface ProjectFolder {
  /** In order of preference; the first is read, the others are ignored as Compose ignores them. */
  compose: string[];
  /** In order of preference; only the first is read. Without a Compose file Compose does not look for one. */
  overrides: string[];
  ingress: string[];
  /** Known files that are symbolic links. */
  links: string[];
  /** There is a folder `files`. */
  hasFiles: boolean;
  /** Files that would tell Nx something; the workspace's `.nxignore` hides them. */
  nx: string[];
  /** Other YAML files of the folder's top, sorted. */
  otherYaml: string[];
}

/** Lists `projects/<name>`; null when it is no folder that can be listed. */
export function listProjectFolder(root: string, name: string): ProjectFolder | null {
  const links = new Set<string>();
  const names = new Set<string>();
  try {
    for (const entry of readdirSync(join(root, 'projects', name), { withFileTypes: true })) {
      names.add(entry.name);
      if (entry.isSymbolicLink()) links.add(entry.name);
    }
  } catch {
    return null;
  }
  const folder = projectFolderOf(names);
  const all = [...folder.compose, ...folder.overrides, ...folder.ingress];
  return { ...folder, links: all.filter((file) => links.has(file)) };
}

/** The same of a folder whose names are at hand. */
export function projectFolderOf(names: ReadonlySet<string>): ProjectFolder {
  const present = (known: readonly string[]) => known.filter((file) => names.has(file));
  return {
    compose: present(COMPOSE_FILES),
    overrides: present(COMPOSE_OVERRIDE_FILES),
    ingress: present(INGRESS_FILES),
    links: [],
    hasFiles: names.has(MIRRORED_FOLDER),
    nx: present(NX_FILES),
    otherYaml: [...names].filter((name) => /\.ya?ml$/i.test(name) && !KNOWN.has(name)).sort(),
  };
}
