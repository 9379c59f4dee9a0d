import type { Problem, Workspace } from '@itsup/config';
import { routeWorkspace, type ProjectRouting, type WorkspaceRouting } from '@itsup/routing';

import { withKept, type PublishedRouters } from '../publish/kept-entry-points';
import { PROXY_STACK } from '../requests';

/** Projects whose own files have errors: they fail alone. An error in the settings fails every stack. */
export function brokenProjects(workspace: Workspace): Map<string, Problem[]> {
  const broken = new Map<string, Problem[]>();
  for (const problem of workspace.problems) {
    if (problem.severity !== 'error') continue;
    const stacks =
      problem.project === undefined
        ? [PROXY_STACK, ...workspace.projects.map((project) => project.name)]
        : [problem.project];
    for (const stack of stacks) broken.set(stack, [...(broken.get(stack) ?? []), problem]);
  }
  return broken;
}

export function hasWorkspaceError(workspace: Workspace): boolean {
  return workspace.problems.some((problem) => problem.severity === 'error' && problem.project === undefined);
}

function routedBy(routing: WorkspaceRouting): Map<string, ProjectRouting> {
  return new Map(routing.projects.map((project) => [project.project, project]));
}

export function addTo(broken: Map<string, Problem[]>, stack: string, problem: Problem): void {
  const problems = broken.get(stack) ?? [];
  if (!problems.includes(problem)) broken.set(stack, [...problems, problem]);
}

/** What only the sound projects come to; the ports of routes that stay published stay open. */
export function withoutBroken(
  sound: Workspace,
  routing: WorkspaceRouting,
  routers: PublishedRouters,
  broken: ReadonlyMap<string, Problem[]>,
): WorkspaceRouting {
  const served = routeWorkspace(sound, routedBy(routing));
  return { ...served, entryPoints: withKept(served.entryPoints, routers, broken.keys()) };
}

/** Problems that are no conflict: each is one project's, or of those that its places are in. */
export function addProblems(
  broken: Map<string, Problem[]>,
  routing: WorkspaceRouting,
  workspace: Workspace,
): void {
  const add = (stack: string, problem: Problem): void => addTo(broken, stack, problem);
  for (const project of routing.projects) {
    for (const problem of project.problems) if (problem.severity === 'error') add(project.project, problem);
  }
  const disputed = new Set(routing.disputes.map(({ problem }) => problem));
  for (const problem of routing.problems) {
    if (problem.severity !== 'error' || disputed.has(problem)) continue;
    if (problem.project !== undefined) {
      add(problem.project, problem);
      continue;
    }
    const places = [problem.place, ...(problem.related ?? []).map((related) => related.place)];
    const named = workspace.projects.filter(({ folder }) =>
      places.some((place) => place?.file.startsWith(`${folder}/`)),
    );
    for (const { name } of named) add(name, problem);
    if (named.length === 0) add(PROXY_STACK, problem);
  }
}
