import type { ComposeSettings } from './compose-settings';
import type { ProjectFolder } from '../files/project-folder';

/** The files that Compose reads in the folder, from the workspace root: those of COMPOSE_FILE, else by their names. */
export function mainFiles(
  folder: string,
  { compose, overrides }: Pick<ProjectFolder, 'compose' | 'overrides'>,
  { files }: Pick<ComposeSettings, 'files'>,
): string[] {
  if (files !== null) return files.map(({ file }) => file);
  if (compose.length === 0) return [];
  return [...compose.slice(0, 1), ...overrides.slice(0, 1)].map((file) => `${folder}/${file}`);
}
