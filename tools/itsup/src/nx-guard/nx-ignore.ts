import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Keeps the projects' own files from giving Nx commands to run. */
export const HIDDEN_FROM_NX = 'projects/**/project.json';

/** The same where `projects/` is elsewhere. */
export function hiddenFromNx(projects: string): string {
  return `${projects}/**/project.json`;
}

/** The workspace's `.nxignore` has the line. */
export function hidesConfigurations(root: string, projects = 'projects'): boolean {
  return linesOf(root).includes(hiddenFromNx(projects));
}

/** The workspace's `.nxignore` names the file itself. */
export function isNamedInNxIgnore(root: string, file: string): boolean {
  return linesOf(root).some((line) => line === file || line === `/${file}`);
}

function linesOf(root: string): string[] {
  try {
    return readFileSync(join(root, '.nxignore'), 'utf8')
      .split('\n')
      .map((line) => line.trim());
  } catch {
    return [];
  }
}
