import path from 'node:path';

import { projectArtifactPaths, PROXY_COMPOSE_FILE } from '@itsup/artifacts';
import { compareText, type Project, type Workspace } from '@itsup/config';
import { composeProjectName, proxynetOf, type Proxynet, type WorkspaceRouting } from '@itsup/routing';

import type { DesiredEdge } from '../plan/model';
import { PROXY_STACK } from '../requests';

/** Why a stack goes that has a folder. */
export const DISABLED = 'enabled: false';

/** What the sources say of one stack, before Compose or the engine is asked. */
export interface StackSpec {
  stack: string;
  projectName: string;
  /** converge: it has containers. down: `enabled: false`. external: routes only. */
  kind: 'converge' | 'down' | 'external';
  /** Absolute: where `docker compose` would be run. */
  folder: string;
  /** The artifact, absolute. */
  composeFile: string;
  /** What Compose reads, in its order, absolute: the project's own files and then what is added to them. */
  files: string[];
  /** Where relative paths of these resolve, absolute. */
  directory: string;
  /** Every file of the sources that the model depends on, absolute; the artifacts are among them. */
  sources: string[];
  /** `env_file` entries, absolute, there or not. */
  envFiles: string[];
  /** Of this stack as consumer. */
  edges: DesiredEdge[];
  /** Edges of other stacks to services of this one. */
  consumers: { stack: string; network: string; service: string }[];
  /** Stacks that have to be deployed before; of a circle of egress the first one waits for nobody. */
  providers: string[];
  /** null: the proxy. */
  project: Project | null;
  /** As the settings have it. */
  proxynet: Proxynet;
}

/** All stacks that the workspace has: one a project, and the proxy. */
export function stackSpecs(
  root: string,
  workspace: Workspace,
  routing: WorkspaceRouting,
): Map<string, StackSpec> {
  const projectNames = new Map(
    workspace.projects.map((project) => [project.name, composeProjectName(project)]),
  );
  const edges = routing.projects.flatMap((project) => project.edges);
  const proxynet = proxynetOf(workspace.settings);
  const ofConsumer = groupBy(edges, ({ consumer }) => consumer);
  const ofProvider = groupBy(edges, ({ provider }) => provider);
  const specs = workspace.projects.map((project): StackSpec => {
    const paths = projectPaths(root, project);
    const own = ofConsumer.get(project.name) ?? [];
    const facts = project.compose;
    const sources = [
      ...projectArtifactPaths(project.name).map((file) => path.join(root, file)),
      ...[...project.files, ...(facts?.files ?? [])].map((file) => path.resolve(root, file)),
    ];
    return {
      stack: project.name,
      projectName: composeProjectName(project),
      kind: project.kind === 'external' ? 'external' : project.enabled ? 'converge' : 'down',
      ...paths,
      sources: unique(sources),
      envFiles: unique((facts?.envFiles ?? []).map((file) => path.resolve(root, file.path))),
      edges: own.map((edge) => ({
        network: edge.network,
        provider: edge.provider,
        providerProjectName: projectNames.get(edge.provider) ?? edge.provider,
        service: edge.service,
      })),
      consumers: (ofProvider.get(project.name) ?? []).map(({ consumer, network, service }) => ({
        stack: consumer,
        network,
        service,
      })),
      providers: unique(own.filter(({ unordered }) => unordered !== true).map((edge) => edge.provider)),
      project,
      proxynet,
    };
  });
  return new Map([proxySpec(root, proxynet), ...specs].map((spec) => [spec.stack, spec]));
}

/** Where a project's files are, and what Compose is run with on them. */
export function projectPaths(
  root: string,
  { name, folder, compose }: Pick<Project, 'name' | 'folder' | 'compose'>,
): Pick<StackSpec, 'folder' | 'composeFile' | 'files' | 'directory'> {
  const [composeFile, added] = projectArtifactPaths(name).map((file) => path.join(root, file));
  return {
    folder: path.resolve(root, folder),
    composeFile: composeFile ?? '',
    files: [...(compose?.files ?? []).map((file) => path.resolve(root, file)), added ?? ''],
    directory: path.resolve(root, compose?.directory ?? folder),
  };
}

function proxySpec(root: string, proxynet: Proxynet): StackSpec {
  const composeFile = path.join(root, PROXY_COMPOSE_FILE);
  return {
    stack: PROXY_STACK,
    projectName: PROXY_STACK,
    kind: 'converge',
    folder: path.dirname(composeFile),
    composeFile,
    files: [composeFile],
    directory: path.dirname(composeFile),
    sources: [composeFile],
    envFiles: [],
    edges: [],
    consumers: [],
    providers: [],
    project: null,
    proxynet,
  };
}

function unique(names: string[]): string[] {
  return [...new Set(names)].sort(compareText);
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return groups;
}
