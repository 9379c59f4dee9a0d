import { existsSync, lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { COMPOSE_FILES, INGRESS_FILES } from '@itsup/config/scan';
import { hidesConfigurations, hiddenFromNx } from '../nx-guard/nx-ignore';

/** What is wrong with where `projects/` stands in git, and what to do about it. */
export interface LayoutFindings {
  /** Fails the proxy's targets: nothing, or not what the operator believes, would be deployed. */
  refusal: string | null;
  /** Printed by the proxy's targets. */
  notes: string[];
}

const FILE_NAMES: readonly string[] = [...COMPOSE_FILES, ...INGRESS_FILES];

/**
 * Finds `projects/` kept out of the workspace's git: Nx infers nothing in an ignored folder, and `nx affected` sees
 * no change inside a repository of its own.
 *
 * @param seen the project folders that Nx found files in.
 * @param prefix the folder that holds `projects/`, with a slash; empty: the root
 */
export function inspectLayout(root: string, seen: ReadonlySet<string>, prefix = ''): LayoutFindings {
  const folder = `${prefix}projects`;
  const projects = join(root, folder);
  const hidden = foldersOf(projects).filter(
    (name) => !seen.has(name) && FILE_NAMES.some((file) => existsSync(join(projects, name, file))),
  );
  const notes: string[] = [];
  if (existsSync(join(projects, '.git'))) {
    notes.push(
      `${folder}/ is a git repository of its own, so nx affected sees no change in it: bring it into this one ` +
        `with its history (git subtree add --prefix ${folder} <repository> <branch>; documentation: Coming from itsUP)`,
    );
  }
  if (!hidesConfigurations(root, folder)) {
    notes.push(
      `.nxignore lacks the line ${hiddenFromNx(folder)}: with it no file of a project can give Nx commands to run (documentation: Security)`,
    );
  }
  if (hidden.length > 0 && seen.size === 0) {
    return {
      refusal:
        `git or Nx ignores ${folder}/, so no project in it is seen: take it out of .gitignore and .nxignore and ` +
        `git add ${folder} (documentation: Coming from itsUP)`,
      notes,
    };
  }
  notes.push(...hidden.map((name) => hiddenFolder(join(root, prefix), name, prefix)));
  return { refusal: null, notes };
}

/**
 * Why Nx finds nothing in a folder of `projects/` that has a project in it.
 * @param root the folder that holds `projects/`
 */
export function hiddenFolder(root: string, name: string, prefix = ''): string {
  const folder = `${prefix}projects/${name}`;
  return isLink(join(root, 'projects', name))
    ? `${folder} is a symbolic link, and Nx looks into none: move the folder here; what several projects share they can include`
    : `git or Nx ignores ${folder}: Nx does not see what is in there; take it out of .gitignore and .nxignore`;
}

/** Nx looks into none. */
export function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
}

function foldersOf(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => (entry.isDirectory() || entry.isSymbolicLink()) && !entry.name.startsWith('.'))
      .map((entry) => entry.name)
      .sort((a, b) => (a < b ? -1 : 1));
  } catch {
    return [];
  }
}
