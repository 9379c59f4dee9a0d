import type { Problem, Project, ServiceFacts } from '@itsup/config';

/** What is wrong with what a row or a label publishes. */
export type Flaw = [code: string, message: string, help: string];

/** A flaw of one label, at its place. */
export function atLabel(
  project: Project,
  service: ServiceFacts,
  label: string,
  [code, message, help]: Flaw,
): Problem {
  return {
    code,
    severity: 'error',
    message: `label ${label} of ${service.name}: ${message}`,
    help,
    place: service.labelPlaces?.[label] ?? service.place,
    project: project.name,
  };
}
