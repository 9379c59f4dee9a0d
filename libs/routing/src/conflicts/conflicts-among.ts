import type { Problem, Project, Settings } from '@itsup/config';
import type { ProjectRouting } from '../model';

/** A project with what became of it. */
export interface RoutedProject {
  project: Project;
  routing: ProjectRouting;
}

/** A conflict and the projects that take part in it. */
export interface Conflict {
  projects: string[];
  problem: Problem;
}

/** Every conflict among the routes of these projects, and with what the proxy itself uses. */
export function conflictsAmong(routed: readonly RoutedProject[], settings: Settings): Conflict[] {
  void routed;
  void settings;
  return [];
}
