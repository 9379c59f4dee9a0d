import {
  isInterpolated,
  type Place,
  type Problem,
  type Project,
  type ServiceFacts,
  type Settings,
} from '@itsup/config';
import { checkLabels, isCheckedVersion, type CheckedLabels, type Finding } from '@itsup/traefik';
import { exposedByDefault } from '../labels/exposed';
import { writtenLabels } from '../labels/label-routers';
import type { ServiceAdditions } from '../model';
import { checkOptions } from './check-options';

/** The labels of one service as Traefik will see them, checked. */
export interface ServiceLabels {
  service: ServiceFacts;
  checked: CheckedLabels;
}

/**
 * Checks the labels of a project's services that Traefik reads: the operator's with what the artifact adds. A value
 * with a variable is not judged here, for only a deploy knows it.
 */
export function checkedServices(
  project: Project,
  additions: readonly ServiceAdditions[],
  settings: Settings,
): ServiceLabels[] {
  if (!project.enabled || project.compose === null || !isCheckedVersion(settings.versions.traefik)) return [];
  return project.compose.services.flatMap((service) => {
    const added = additions.find((each) => each.service === service.name)?.labels ?? {};
    const { labels, open } = labelsOfService(service, added);
    if (Object.keys(labels).length === 0) return [];
    const checked = checkLabels(labels, { ...checkOptions, open });
    const isRead = checked.enabled ?? mayBeRead(labels, open, settings);
    return isRead || saysNonsense(checked) ? [{ service, checked }] : [];
  });
}

/**
 * Warnings of services whose labels a Traefik with `exposedByDefault`, which is its own default, would read, and the
 * one here does not: no row and no label enables them.
 */
export function unreadLabels(
  project: Project,
  additions: readonly ServiceAdditions[],
  settings: Settings,
): Problem[] {
  if (!project.enabled) return [];
  return (project.compose?.services ?? []).flatMap((service): Problem[] => {
    const added = additions.find((each) => each.service === service.name)?.labels ?? {};
    const { labels, open } = labelsOfService(service, added);
    const [defines] = Object.keys(service.labels).filter((name) => DEFINES.test(name));
    const isSaid = Object.keys(labels).some((name) => name.toLowerCase() === ENABLE);
    if (defines === undefined || isSaid || mayBeRead(labels, open, settings)) return [];
    return [
      {
        ...{ code: 'labels-not-read', severity: 'warning' },
        message: `service ${service.name} has labels of Traefik's and nothing enables it, so Traefik reads none of them`,
        help: `add the label ${ENABLE}=true, or a row for the service; or remove them`,
        place: service.labelPlaces?.[defines] ?? service.place,
        project: project.name,
      },
    ];
  });
}

const ENABLE = 'traefik.enable';
const DEFINES = /^traefik\.(?:http|tcp|udp)\./i;

/** What no label says and no row adds may be so all the same. */
function mayBeRead(
  labels: Readonly<Record<string, string>>,
  open: ReadonlySet<string>,
  settings: Settings,
): boolean {
  return isOpen(ENABLE, labels, open) || exposedByDefault(settings);
}

/** The problems of a project's own labels; references beyond it are `referenceProblems`. */
export function labelProblems(project: Project, services: readonly ServiceLabels[]): Problem[] {
  return services.flatMap(({ service, checked }) =>
    checked.findings
      // What a row becomes is told at the row.
      .filter(({ severity, span: { label } }) => severity === 'error' || (label ?? '') in service.labels)
      .map((finding) => labelProblem(project, service, finding)),
  );
}

/** A finding in a label, at the label's place. */
export function labelProblem(project: Project, service: ServiceFacts, finding: Finding): Problem {
  const place = placeOf(service, finding);
  return {
    code: `label-${finding.code}`,
    severity: finding.severity,
    message: `service ${service.name}: ${finding.message}`,
    help: finding.help ?? consequence(finding),
    place,
    project: project.name,
  };
}

function consequence({ code, severity, span }: Finding): string {
  if (code === 'unknown-reference') return 'Traefik answers 404 on the whole router';
  return severity === 'error'
    ? `label ${span.label ?? ''}: Traefik would leave out the whole container for it`
    : `label ${span.label ?? ''}`;
}

function placeOf(service: ServiceFacts, { span }: Finding): Place {
  return service.labelPlaces?.[span.label ?? ''] ?? service.place;
}

function labelsOfService(
  service: ServiceFacts,
  added: Readonly<Record<string, string>>,
): { labels: Record<string, string>; open: Set<string> } {
  const labels: Record<string, string> = {};
  const open = new Set<string>();
  const written = writtenLabels(service);
  // A name with a variable that nobody knows here may be that of any label.
  const own = Object.entries(written.labels).filter(([name]) => isTraefiks(name) && !isInterpolated(name));
  // What is generated alone is known to be right.
  if (own.length === 0) return { labels, open };
  for (const [name, value] of Object.entries(added)) if (isTraefiks(name)) labels[name] = value;
  for (const [name, value] of own) {
    if (written.variable.has(name)) open.add(name);
    labels[name] = value;
  }
  return { labels, open };
}

function isTraefiks(label: string): boolean {
  return label.toLowerCase().startsWith('traefik.');
}

function isOpen(
  wanted: string,
  labels: Readonly<Record<string, string>>,
  open: ReadonlySet<string>,
): boolean {
  return Object.keys(labels).some((name) => name.toLowerCase() === wanted && open.has(name));
}

/** A label of the provider's own that cannot be read keeps the container out, whatever it was to say. */
function saysNonsense({ findings }: CheckedLabels): boolean {
  return findings.some(({ path, severity }) => severity === 'error' && path[0]?.toLowerCase() === 'enable');
}
