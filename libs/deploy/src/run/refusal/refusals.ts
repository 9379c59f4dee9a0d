import path from 'node:path';

import { foreignFiles } from '@itsup/artifacts';
import { UserError, type Problem } from '@itsup/config';

import { variableLabelProblems } from '@itsup/routing';

import type { DeployContext } from '../../context';
import { recordedPath } from '../../desired/files/relocation';
import type { LoadedStack } from '../../desired/loaded-stack';
import type { ObservedContainer } from '../../plan/model';
import type { Observed } from '../../plan/observe';
import { stateFoldersOf } from '../../proxy/state-in-use';
import type { DeployedFile } from '../../state/deployed';
import { restoredFolder } from '../../state/records';
import { openState } from '../../state/state';
import type { Run } from '../run';
import type { StackSpec } from '../../stack/stack-spec';

/** Data beside a generated file means that its containers would start on empty folders. */
export async function refuseForeignFiles({ root }: DeployContext, spec: StackSpec): Promise<void> {
  if (spec.project === null || spec.project.paths === 'upstream') return;
  const foreign = await foreignFiles(root, spec.stack);
  if (foreign.length === 0) return;
  throw refusal({
    code: 'foreign-files',
    project: spec.stack,
    message: `upstream/${spec.stack}/ holds files that were not generated: ${foreign.join(', ')}`,
    help: `keep them there with "paths: upstream" in ${spec.project.ingressFile ?? `projects/${spec.stack}/ingress.yml`}, or move them: mv ${foreign.map((name) => `upstream/${spec.stack}/${name}`).join(' ')} projects/${spec.stack}/`,
  });
}

/** Labels with variables, whose values are known by now: one that Traefik cannot read keeps the container out of it. */
export function refuseUnreadableLabels({ request, context }: Run, { spec, model }: LoadedStack): void {
  if (spec.project === null) return;
  const labels = Object.fromEntries(
    Object.entries(model.services).map(([name, service]) => [
      name,
      // Compose prints its model as it would read it again: a dollar sign doubled.
      Object.fromEntries(
        Object.entries(service.labels ?? {}).map(([label, value]) => [label, value.replaceAll('$$', '$')]),
      ),
    ]),
  );
  const problems = variableLabelProblems(spec.project, labels, request.workspace.settings);
  const errors = problems.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) throw new UserError(errors);
  for (const { message } of problems) context.reporter.line(spec.stack, `note: ${message}`);
}

/** A container of the stack's Compose project that is somebody else's; undefined: all are ours, or are to become it. */
export function strangerOf(
  run: Run,
  spec: StackSpec,
  own: ObservedContainer[],
  deployed: DeployedFile | null,
): ObservedContainer | undefined {
  // Under another name than before they may be anybody's.
  if (deployed?.projectName === spec.projectName || run.request.adopt === true) return undefined;
  const ours = new Set([spec.composeFile, ...spec.sources].map((file) => recordedPath(file, run.relocation)));
  // A rollback runs copies of the files.
  const copies = stateFoldersOf(run.context.state, run.inUse).map((dir) =>
    restoredFolder(openState(dir), spec.stack),
  );
  const isOurs = (file: string): boolean => ours.has(file) || copies.includes(path.dirname(file));
  return own.find((container) => !container.sources.some(isOurs));
}

/** Where a container that is not ours comes from, in words. */
export function originOf(stranger: ObservedContainer): string {
  return stranger.sources.join(', ') || 'elsewhere';
}

/** Containers of the same Compose project that another folder's files made are somebody's, until they are adopted. */
export function refuseForeignStack(
  run: Run,
  spec: StackSpec,
  own: ObservedContainer[],
  deployed: DeployedFile | null,
): void {
  const stranger = strangerOf(run, spec, own, deployed);
  if (stranger === undefined) return;
  const before = [...run.successors].find(([, heir]) => heir === spec.stack)?.[0];
  if (before !== undefined) {
    throw refusal({
      code: 'foreign-stack',
      project: spec.stack,
      message: `containers of the Compose project ${spec.projectName} run already, deployed as ${before}, whose folder is gone`,
      help: `if it was renamed to ${spec.stack}, take them over with --adopt; else give the project another name`,
    });
  }
  throw refusal({
    code: 'foreign-stack',
    project: spec.stack,
    message: `containers of a Compose project ${spec.projectName} run already, made from ${originOf(stranger)}`,
    help: `take them over with: itsup deploy ${spec.stack} --adopt, or give the project another name`,
  });
}

/** Providers that this stack waits for have to run before it starts. */
export function refuseWithoutProviders(spec: StackSpec, observed: Observed): void {
  const problems: Problem[] = spec.edges
    .filter(
      (edge) =>
        spec.providers.includes(edge.provider) &&
        !(observed.get(edge.providerProjectName) ?? []).some(
          (container) => container.service === edge.service && container.state === 'running',
        ),
    )
    .map((edge) => ({
      code: 'provider-not-running',
      severity: 'error',
      project: spec.stack,
      message: `${spec.stack} reaches ${edge.provider}:${edge.service} by egress, and that is not running`,
      help: `run: itsup deploy ${edge.provider}`,
    }));
  if (problems.length > 0) throw new UserError(problems);
}

/**
 * Bind mounts name paths of the engine's host, and the proxy's packet filter rules and addresses are this host's: both
 * are refused on an engine elsewhere. Asked once a run, and only when something is to be changed.
 */
export async function refuseRemoteEngine(run: Run, { spec, model }: LoadedStack): Promise<void> {
  const binds = Object.entries(model.services).flatMap(([name, service]) =>
    (service.volumes ?? []).some((mount) => mount.type === 'bind') ? [name] : [],
  );
  if (spec.project !== null && binds.length === 0) return;
  const { location, endpoint } = await run.engineDetails();
  if (location !== 'remote') return;
  throw refusal({
    code: 'remote-engine',
    project: spec.stack,
    message:
      spec.project === null
        ? `the engine at ${endpoint} is on another host: the proxy has to be deployed where it runs`
        : `the engine at ${endpoint} is on another host, where the bind mounts of ${binds.join(', ')} do not exist`,
    help: `log in to that host and deploy there, or choose the local engine: docker context use default`,
  });
}

/** An error about what must hold before anything is touched. */
export function refusal(problem: Omit<Problem, 'severity'>): UserError {
  return new UserError({ severity: 'error', ...problem });
}
