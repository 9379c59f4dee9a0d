import type { Project, Settings } from '@itsup/config';
import type { ProjectRouting } from '@itsup/routing';
import type { ArtifactFile } from './artifact';
import type { Templates } from './templates';

/**
 * The two files of `upstream/<name>/`: a Compose file that includes the project's own files, and what we add to them.
 * Empty for an external project and for one whose Compose file could not be read.
 */
export function renderProject(
  project: Project,
  routing: ProjectRouting,
  settings: Settings,
  templates: Templates,
): ArtifactFile[] {
  void [project, routing, settings, templates];
  return [];
}
