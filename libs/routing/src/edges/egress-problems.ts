import type { ExportEntry, Isolation, Problem, Project } from '@itsup/config';
import type { Edge } from '../model';
import { suggestion } from '../names/suggestion';

/**
 * Edges that lead to nothing, and edges that their provider does not name in its `exports`; each a problem of the
 * consumer. Without `exports` an edge is a note, with `isolation: strict` an error.
 */
export function egressProblems(
  edges: readonly Edge[],
  projects: ReadonlyMap<string, Project>,
  isolation: Isolation = 'standard',
): Problem[] {
  return edges.flatMap((edge): Problem[] => {
    const provider = projects.get(edge.provider);
    const flaw = flawOf(edge, provider, projects);
    if (flaw !== null) return [{ severity: 'error', ...flaw, place: edge.place, project: edge.consumer }];
    return provider === undefined ? [] : consentProblems(edge, provider, isolation);
  });
}

function consentProblems(edge: Edge, provider: Project, isolation: Isolation): Problem[] {
  const { consumer, place, service } = edge;
  const { exports } = provider;
  const entry = exports?.services.find(({ name }) => (providerService(provider, name) ?? name) === service);
  if (entry?.projects.includes(consumer) === true) return [];
  const closed = exports !== undefined || isolation === 'strict';
  const file = provider.ingressFile ?? `${provider.folder}/ingress.yml`;
  const line = `exports: {${service}: [${consumer}]}`;
  return [
    {
      code: closed ? 'egress-not-exported' : 'egress-without-consent',
      severity: closed ? 'error' : 'note',
      message: closed
        ? `egress ${provider.name}:${service}: ${provider.name} does not say that ${consumer} may reach it`
        : `${consumer} reaches ${provider.name}:${service}, and ${provider.name} does not say that it may`,
      help: closed ? `let ${line} stand in ${file}` : `${provider.name} says so with ${line} in ${file}`,
      place,
      project: consumer,
      ...(exports
        ? { related: [{ message: 'who may is named here', place: (entry ?? exports).place }] }
        : {}),
    },
  ];
}

/** Lines of `exports` that name what is not there. */
export function exportProblems(project: Project, projects: ReadonlyMap<string, Project>): Problem[] {
  const { exports, compose } = project;
  if (!exports || !project.enabled) return [];
  const warn = (entry: ExportEntry, code: string, message: string, help: string): Problem => {
    return { code, severity: 'warning', message, help, place: entry.place, project: project.name };
  };
  const unknownServices = exports.services.flatMap((entry) =>
    compose === null || compose.partial === true || providerService(project, entry.name) !== null
      ? []
      : [
          warn(
            entry,
            'exports-unknown-service',
            `exports names ${entry.name}, and ${project.name} has no such service`,
            suggestion(
              entry.name,
              compose.services.map(({ name }) => name),
            ),
          ),
        ],
  );
  const unknownProjects = [...exports.services, ...exports.paths].flatMap((entry) =>
    entry.projects
      .filter((name) => !projects.has(name))
      .map((name) =>
        warn(
          entry,
          'exports-unknown-project',
          `exports lets ${name} use ${entry.name}, and there is no project ${name}`,
          suggestion(name, [...projects.keys()]),
        ),
      ),
  );
  return [...unknownServices, ...unknownProjects];
}

/**
 * The service that an edge means. itsUP also took the container's name, `{project}-{service}`, and where the service
 * itself is called so, the name without the project's.
 *
 * @returns null when the provider has no such service.
 */
export function providerService(provider: Project, written: string): string | null {
  const names = new Set(provider.compose?.services.map(({ name }) => name));
  if (names.has(written)) return written;
  const short = written.startsWith(`${provider.name}-`) ? written.slice(provider.name.length + 1) : null;
  if (short !== null && names.has(short)) return short;
  const long = `${provider.name}-${written}`;
  return names.has(long) ? long : null;
}

function flawOf(
  edge: Edge,
  provider: Project | undefined,
  projects: ReadonlyMap<string, Project>,
): (Pick<Problem, 'code' | 'message' | 'help' | 'related'> & Partial<Problem>) | null {
  const text = `egress ${edge.provider}:${edge.service}`;
  if (!provider) {
    return {
      code: 'egress-unknown-project',
      message: `${text} leads nowhere: there is no project ${edge.provider}`,
      help: suggestion(edge.provider, [...projects.keys()]),
    };
  }
  if (provider.kind === 'external') {
    return {
      code: 'egress-to-external',
      severity: 'warning',
      message: `${text} has no effect: ${provider.name} is a host outside Docker, which every container reaches by itself`,
      help: `remove it, and reach ${provider.host ?? 'the host'} by its address`,
      ...fileOf(provider.ingressFile, `${provider.name} is a host outside Docker by this file`),
    };
  }
  if (!provider.enabled) {
    return {
      code: 'egress-to-disabled',
      message: `${text} leads to a project that is disabled`,
      help: `remove the edge, or enabled: false of ${provider.name}`,
      ...fileOf(provider.ingressFile, `${provider.name} is disabled by this file`),
    };
  }
  // A Compose file that cannot be read is its own project's problem; every service would look unknown.
  if (provider.compose === null) return null;
  const name = providerService(provider, edge.service);
  if (name === null) {
    return {
      code: 'egress-unknown-service',
      message: `${text} leads nowhere: ${provider.name} has no service ${edge.service}`,
      help: suggestion(
        edge.service,
        provider.compose.services.map((each) => each.name),
      ),
      ...fileOf(provider.compose.files[0], `the services of ${provider.name} are in this file`),
    };
  }
  const service = provider.compose.services.find((each) => each.name === name);
  const mode = service?.networkMode ?? null;
  if (service === undefined || mode === null) return null;
  return {
    code: 'egress-network-mode',
    message: `${text} leads to a service with network_mode: ${mode}, which can join no network`,
    help: `remove network_mode from ${name}`,
    related: [{ message: `${provider.name}:${name} is here`, place: service.place }],
  };
}

/** A file of the provider as the other place of a problem. */
function fileOf(file: string | null | undefined, message: string): Pick<Problem, 'related'> {
  return typeof file === 'string' ? { related: [{ message, place: { file, line: 1, column: 1 } }] } : {};
}
