import type { Problem, Workspace } from '@itsup/config';
import { routeWorkspace } from '@itsup/routing';

/**
 * What is wrong with a workspace after files were written and was not before: the problems of reading and of routing,
 * the conflicts with the other projects among them.
 */
export function problemsAdded(before: Workspace, after: Workspace): Problem[] {
  const known = new Set(problemsIn(before).map(keyOf));
  return problemsIn(after).filter((problem) => !known.has(keyOf(problem)));
}

function problemsIn(workspace: Workspace): Problem[] {
  const routing = routeWorkspace(workspace);
  return [
    ...workspace.problems,
    ...routing.projects.flatMap(({ problems }) => problems),
    ...routing.problems,
  ];
}

function keyOf({ code, message, place }: Problem): string {
  return JSON.stringify([code, message, place?.file, place?.line]);
}
