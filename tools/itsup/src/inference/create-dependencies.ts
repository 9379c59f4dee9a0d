import type { CreateDependencies, DependencyType, RawProjectGraphDependency } from '@nx/devkit';
import { latestScan } from './scans';

/** The enum's value; importing the enum would load all of @nx/devkit with every Nx command. */
const STATIC = 'static' as DependencyType.static;

/**
 * An edge from the consumer to the provider for each `egress` entry. A provider that does not exist gives no edge:
 * Nx drops it without a word (or fails every command), while `validate` of the consumer names it.
 */
export const createDependencies: CreateDependencies = (_options, context) => {
  const byFolder = new Map(Object.entries(context.projects).map(([name, { root }]) => [root, name]));
  const edges: RawProjectGraphDependency[] = [];
  for (const [root, source] of byFolder) {
    const [parent, folder, rest] = root.split('/');
    if (parent !== 'projects' || folder === undefined || rest !== undefined) {
      continue;
    }
    const providers = new Set(
      latestScan(context.workspaceRoot, folder).egress.map(({ provider }) => provider),
    );
    const sourceFile = ['itsup-project.yml', 'ingress.yml']
      .map((name) => `${root}/${name}`)
      .find((file) => context.fileMap.projectFileMap[source]?.some((entry) => entry.file === file));
    for (const provider of providers) {
      const target = byFolder.get(`projects/${provider}`);
      if (target !== undefined && target !== source && sourceFile !== undefined) {
        edges.push({ source, target, type: STATIC, sourceFile });
      }
    }
  }
  return edges;
};
