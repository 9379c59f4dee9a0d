import type { Project, Settings } from '@itsup/config';
import type { ProjectRouting } from './model';

/**
 * What follows from one project alone: its routes, the additions to its services, its networks and edges,
 * and every mistake that can be seen without looking at other projects. Pure; never throws for a user's mistake.
 */
export function routeProject(project: Project, settings: Settings): ProjectRouting {
  void settings;
  return { project: project.name, additions: [], networks: [], routes: [], edges: [], problems: [] };
}
