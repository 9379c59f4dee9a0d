import type { Problem, Project, Settings } from '@itsup/config';
import { checkLabels, isCheckedVersion } from '@itsup/traefik';
import { checkOptions } from './check-options';
import { labelProblem } from './label-problems';

/**
 * Checks labels whose values only a deploy knows: those with a variable. No message shows a value, for it may be a
 * secret; the label as it is written takes its place.
 *
 * @param labels by service, as the container gets them
 */
export function variableLabelProblems(
  project: Project,
  labels: Readonly<Record<string, Readonly<Record<string, string>>>>,
  settings: Settings,
): Problem[] {
  if (!project.enabled || !isCheckedVersion(settings.versions.traefik)) return [];
  return (project.compose?.services ?? []).flatMap((service) => {
    const values = labels[service.name] ?? {};
    const written = Object.entries(service.labels).filter(
      ([name, value]) =>
        name.toLowerCase().startsWith('traefik.') && /\$(?!\$)/.test(value.replaceAll('$$', '')),
    );
    if (written.length === 0) return [];
    const { findings, enabled } = checkLabels(values, checkOptions);
    if (enabled === false) return [];
    return findings.flatMap((finding) => {
      const label = finding.span.label ?? '';
      const source = written.find(([name]) => name === label)?.[1];
      if (source === undefined) return [];
      const value = values[label] ?? '';
      const hidden = value === '' ? finding.message : finding.message.replaceAll(value, source);
      return [labelProblem(project, service, { ...finding, message: hidden, code: finding.code })];
    });
  });
}
