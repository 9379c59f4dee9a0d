import { join } from 'node:path';
import { closingEdges, INGRESS_FILES } from '@itsup/config/scan';
import type { CreateDependencies, DependencyType, RawProjectGraphDependency } from '@nx/devkit';
import { settingsOf } from '../workspace/plugin-options';
import { latestScan } from './scans';

/** The enum's value; importing the enum would load all of @nx/devkit with every Nx command. */
const STATIC = 'static' as DependencyType.static;

/**
 * An edge from the consumer to the provider for each `egress` entry. A provider that does not exist gives no edge:
 * Nx drops it without a word (or fails every command), while `validate` of the consumer names it. An edge that closes a
 * circle is left out as well: Nx orders no circle, and the consumer is deployed without waiting.
 */
export const createDependencies: CreateDependencies = (options, context) => {
  const { prefix } = settingsOf(options);
  const byFolder = new Map(Object.entries(context.projects).map(([name, { root }]) => [root, name]));
  const edges: RawProjectGraphDependency[] = [];
  const providersOf = new Map(
    [...byFolder.keys()].flatMap((root) => {
      if (!root.startsWith(`${prefix}projects/`)) return [];
      const folder = root.slice(`${prefix}projects/`.length);
      if (folder.includes('/')) return [];
      const scan = latestScan(join(context.workspaceRoot, prefix), folder);
      return [[folder, new Set(scan.egress.map(({ provider }) => provider))] as const];
    }),
  );
  const closing = closingEdges(providersOf);
  for (const [folder, providers] of providersOf) {
    const root = `${prefix}projects/${folder}`;
    const source = byFolder.get(root) ?? folder;
    const sourceFile = INGRESS_FILES.map((name) => `${root}/${name}`).find((file) =>
      context.fileMap.projectFileMap[source]?.some((entry) => entry.file === file),
    );
    for (const provider of providers) {
      const target = byFolder.get(`${prefix}projects/${provider}`);
      const isOrdered = target !== source && !closing.has(`${folder} ${provider}`);
      if (target !== undefined && isOrdered && sourceFile !== undefined) {
        edges.push({ source, target, type: STATIC, sourceFile });
      }
    }
  }
  return edges;
};
