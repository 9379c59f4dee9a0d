import type { Problem } from '@itsup/config';

import type { WorkspacePlan } from '../requests';

/** Raised when a field changes its meaning or goes; new fields do not raise it. */
export const PLAN_SCHEMA_VERSION = 1;

/** The plan as JSON text. The schema is in the layer's README and holds no value of any variable. */
export function planJson(plan: WorkspacePlan): string {
  return JSON.stringify(
    {
      version: PLAN_SCHEMA_VERSION,
      engine: plan.engine,
      changed: plan.stacks.some((stack) => !stack.unchanged),
      stacks: plan.stacks.map((stack) => ({
        stack: stack.stack,
        composeProject: stack.projectName,
        kind: stack.kind,
        unchanged: stack.unchanged,
        services: stack.services.map((service) => ({
          service: service.service,
          action: service.action,
          reasons: service.reasons,
          notRolled: service.notRolled,
          build: service.build,
          pull: service.pull,
          hooks: service.hooks ?? [],
          replicas: service.replicas,
          containers: service.current,
          leftovers: service.leftovers,
          networks: service.networks.map(({ network }) => network),
        })),
        edges: stack.edges,
        networks: stack.networks,
        operations: stack.operations,
        files: stack.files,
        notes: stack.notes,
      })),
      failed: plan.failed.map(({ stack, problems }) => ({
        stack,
        problems: problems.map(problemJson),
      })),
      problems: plan.problems.map((problem) => ({
        severity: problem.severity,
        project: problem.project ?? null,
        ...problemJson(problem),
      })),
      prunable: plan.prunable,
    },
    null,
    2,
  );
}

function problemJson({ code, message, help, place }: Problem): object {
  return {
    code,
    message,
    help: help ?? null,
    place: place ? { file: place.file, line: place.line, column: place.column } : null,
  };
}
