import type { IngressRow, Project } from '@itsup/config';
import { hostMatches } from '../rule/evaluate';

/** The rows of a project that name a host, enabled or not. */
export function rowsNaming(project: Project, host: string): IngressRow[] {
  return project.ingress.filter(
    (row) =>
      row.domains.some((domain) => hostMatches(host, domain)) ||
      (row.rule?.toLowerCase().includes(host) ?? false),
  );
}
