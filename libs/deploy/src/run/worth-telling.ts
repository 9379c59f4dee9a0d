import type { Problem, Workspace } from '@itsup/config';
import type { WorkspaceRouting } from '@itsup/routing';

interface Found {
  workspace: Workspace;
  routing: WorkspaceRouting;
  /** Of the files for Traefik. */
  faults: readonly Problem[];
  /** The stacks that are asked for. */
  order: readonly string[];
  /** What keeps a stack from being deployed, by stack: told as its failure. */
  broken: ReadonlyMap<string, readonly Problem[]>;
}

/**
 * Warnings and notes about the stacks that are asked for, each once: a project's own, those about it and others, and
 * what concerns no project. Of errors those alone that no failed stack of the run tells.
 */
export function worthTelling({ workspace, routing, faults, order, broken }: Found): Problem[] {
  const asked = new Set(order);
  const own = routing.projects.flatMap(({ problems }) => problems);
  const failures = new Set(order.flatMap((stack) => (broken.get(stack) ?? []).map(textOf)));
  const seen = new Set<string>();
  return [...workspace.problems, ...own, ...routing.problems, ...faults].filter((problem) => {
    const { severity, project, place } = problem;
    if (project !== undefined && !asked.has(project)) return false;
    // From which side a conflict is told, and with which cure, is the failed stack's.
    if (severity === 'error' && (project !== undefined || failures.has(textOf(problem)))) return false;
    const identity = `${textOf(problem)} ${place?.file ?? ''}:${place?.line ?? 0}:${place?.column ?? 0}`;
    return !seen.has(identity) && Boolean(seen.add(identity));
  });
}

function textOf({ code, message }: Problem): string {
  return `${code} ${message}`;
}
