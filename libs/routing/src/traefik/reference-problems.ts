import type { Place, Problem, Project, Settings, Workspace } from '@itsup/config';
import {
  canonicalKey,
  fileType,
  splitName,
  subtree,
  treeOf,
  unknownReferences,
  type Finding,
  type Known,
  type UnknownReference,
} from '@itsup/traefik';
import { generatedMiddlewares } from '../labels/middlewares';
import type { Route, WorkspaceRouting } from '../model';
import { comparePlaces } from '../names/order';
import { defaultResolver } from '../row/context';
import { checkOptions } from './check-options';
import { checkedServices, labelProblem } from './label-problems';
import { dockerObjects } from './docker-objects';

/** Parts of the chain that `redirect` is. */
const REDIRECTS = ['redirect-same-machine', 'redirect-standard-port'];
/** Entry points of the proxy itself. */
const OWN_ENTRY_POINTS = ['traefik', 'web', 'web-secure', 'crowdsec-lapi', 'crowdsec-appsec'];

/**
 * Names in labels, and `x@docker` in rows, that nothing in the workspace defines. What a container may define is a
 * warning, for the host may run others; the rest is an error of the project that names it.
 */
export function referenceProblems(
  workspace: Workspace,
  routing: Pick<WorkspaceRouting, 'projects' | 'entryPoints'>,
): Problem[] {
  const known = knownObjects(workspace, routing);
  const problems: Problem[] = [];
  for (const project of workspace.projects) {
    const own = routing.projects.find((each) => each.project === project.name);
    if (!project.enabled || own === undefined) continue;
    for (const { service, checked } of checkedServices(project, own.additions, workspace.settings)) {
      const written = checked.references.filter(
        ({ span }) => span.label !== undefined && span.label in service.labels,
      );
      for (const finding of unknownReferences(written, 'docker', known, checkOptions.suggest)) {
        problems.push(labelProblem(project, service, tempered(finding)));
      }
    }
    for (const route of own.routes) problems.push(...rowProblems(route, project, known));
  }
  return problems;
}

/** Everything in the workspace that a name in Traefik's configuration can lead to. */
export function knownObjects(
  workspace: Workspace,
  routing: Pick<WorkspaceRouting, 'projects' | 'entryPoints'>,
): Known {
  const { settings } = workspace;
  const file = new Set<string>();
  for (const name of [...generatedMiddlewares(settings), ...REDIRECTS]) file.add(`http.middlewares.${name}`);
  for (const [sectionKey, kinds] of Object.entries(treeOf(settings.middlewaresOverride?.data))) {
    const section = canonicalKey(fileType('dynamic'), sectionKey);
    for (const [kindKey, objects] of Object.entries(treeOf(kinds))) {
      const kind = canonicalKey(section.type, kindKey);
      for (const name of Object.keys(treeOf(objects))) file.add(`${section.name}.${kind.name}.${name}`);
    }
  }
  for (const route of routing.projects.flatMap(({ routes }) => routes)) addRoute(route, file);
  return {
    file,
    docker: dockerObjects(workspace, routing),
    resolvers: new Set([
      defaultResolver,
      ...Object.keys(settings.letsEncrypt.resolvers),
      ...keysOf(settings, 'certificatesResolvers'),
    ]),
    entryPoints: new Set([
      ...OWN_ENTRY_POINTS,
      ...routing.entryPoints.map(({ name }) => name),
      ...keysOf(settings, 'entryPoints'),
    ]),
    otherProviders: hasOtherProviders(settings),
    isSwarm: settings.engine === 'swarm',
  };
}

function addRoute(route: Route, file: Set<string>): void {
  if (route.servedBy === 'file') file.add(`${route.kind}.services.${route.serviceName}`);
  for (const name of Object.keys(route.serversTransports))
    file.add(`${route.kind}.serversTransports.${name}`);
  if (route.via !== 'file') return;
  for (const name of Object.keys(route.routers)) file.add(`${route.kind}.routers.${name}`);
  for (const name of Object.keys(route.middlewares)) file.add(`${route.kind}.middlewares.${name}`);
}

/** The row names middlewares; those of files are checked with the row itself. */
function rowProblems(route: Route, { ingress }: Pick<Project, 'ingress'>, known: Known): Problem[] {
  const names = new Set(Object.values(route.routers).flatMap(({ middlewares }) => middlewares ?? []));
  const undefinedNames = [...names].filter((name) => {
    const { name: bare, provider } = splitName(name);
    return provider === 'docker' && known.docker?.has(`${route.kind}.middlewares.${bare}`) === false;
  });
  if (undefinedNames.length === 0) return [];
  const row = ingress.find(({ place }) => comparePlaces(place, route.place) === 0);
  const place = row?.places['middleware'] ?? route.place;
  return undefinedNames.map((name) => notDefined(name, place, route.project));
}

function notDefined(name: string, place: Place, project: string): Problem {
  return {
    code: 'undefined-middleware',
    severity: 'warning',
    message: `no label in projects/ defines the middleware ${name}`,
    help: 'unless a container of another stack defines it, Traefik answers 404 on the whole route',
    place,
    project,
  };
}

function tempered(finding: UnknownReference): Finding {
  return finding.maybeElsewhere ? { ...finding, severity: 'warning' } : finding;
}

function hasOtherProviders({ traefikOverride, engine }: Settings): boolean {
  const providers = Object.keys(subtree(traefikOverride?.data, 'providers'));
  const ofEngine = engine === 'swarm' ? 'swarm' : 'docker';
  const own = ['file', ofEngine, 'providersthrottleduration', 'precedence'];
  return providers.some((name) => !own.includes(name.toLowerCase()));
}

function keysOf({ traefikOverride }: Settings, section: string): string[] {
  return Object.keys(subtree(traefikOverride?.data, section));
}
