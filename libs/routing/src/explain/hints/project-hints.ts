import type { IngressRow, Place, Problem, Project } from '@itsup/config';
import { enabledByOperator } from '../../labels/label-routers';
import { rowsNaming } from '../rows-naming';
import type { Evidence } from '../evidence';

/**
 * What keeps the sources that name the host or port from being served: a project that is off, a row or a project with
 * errors. Told for what is served as well: a deploy would fail.
 */
export function projectHints(evidence: Evidence, served: boolean): Problem[] {
  const { workspace, answers } = evidence;
  const serving = new Set(answers.flatMap(({ router }) => router?.target.project ?? []));
  return workspace.projects.flatMap((project) => {
    const rows = rowsAsked(project, evidence);
    if (rows.length === 0 && !serving.has(project.name)) return [];
    if (!project.enabled) return served ? [] : [disabled(project, rows)];
    return [...errorsOf(project, rows, evidence), ...(served ? [] : hiddenByLabel(project, rows))];
  });
}

function rowsAsked(project: Project, { question: { host, port, scheme } }: Evidence): IngressRow[] {
  const onPort = project.ingress.filter(
    (row) => port !== null && row.hostport === port && (scheme === 'udp') <= (row.router === 'udp'),
  );
  return host === null ? onPort : [...new Set([...rowsNaming(project, host), ...onPort])];
}

function disabled(project: Project, [row]: readonly IngressRow[]): Problem {
  return {
    code: 'project-disabled',
    severity: 'note',
    message: `${project.name} would serve it, but is not enabled`,
    help: `remove enabled: false from ${project.ingressFile ?? project.folder}, then: itsup deploy ${project.name}`,
    ...(row ? { place: row.place } : {}),
    project: project.name,
  };
}

/** Errors of the rows themselves, else of the project: with either, no deploy takes place. */
export function errorsOf(
  project: Project,
  rows: readonly IngressRow[],
  { workspace, routing }: Pick<Evidence, 'workspace' | 'routing'>,
): Problem[] {
  const own = routing.projects.find((each) => each.project === project.name);
  const errors = [...workspace.problems, ...(own?.problems ?? []), ...routing.problems].filter(
    (problem) => problem.severity === 'error' && concerns(problem, project),
  );
  const ofRows = errors.filter((problem) => rows.some((row) => isOfRow(problem, row)));
  return (ofRows.length > 0 ? ofRows : errors).slice(0, 3);
}

function concerns({ project, place, related }: Problem, { name, folder }: Project): boolean {
  if (project !== undefined) return project === name;
  return [place, ...(related ?? []).map((each) => each.place)].some((each) =>
    each?.file.startsWith(`${folder}/`),
  );
}

function isOfRow({ place, related }: Problem, row: IngressRow): boolean {
  const places = [row.place, ...Object.values(row.places)];
  const same = (a: Place | undefined): boolean =>
    places.some((b) => a !== undefined && b !== undefined && a.file === b.file && a.line === b.line);
  return same(place) || (related ?? []).some((each) => same(each.place));
}

function hiddenByLabel(project: Project, rows: readonly IngressRow[]): Problem[] {
  return rows
    .filter(({ service: name }) => {
      const service = project.compose?.services.find((each) => each.name === name);
      return service !== undefined && enabledByOperator(service) === false;
    })
    .map((row) => ({
      code: 'label-disables-route',
      severity: 'note',
      message: `service ${row.service} of ${project.name} has a label traefik.enable that is not true, so Traefik does not see it`,
      help: 'remove the label from the Compose file',
      place: row.place,
      project: project.name,
    }));
}
