import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isLink } from './layout';
import { inferredProjects } from './scans';

/** Where Nx keeps the graph that it has made last, unless its environment says otherwise. */
const DATA_FOLDER = '.nx/workspace-data';

/** Projects of a workspace that Nx has found, as far as that can be known. */
export interface SeenProjects {
  has(stack: string): boolean;
}

/**
 * What the latest inference of this process found; where the plugin runs in another one (`NX_ISOLATE_PLUGINS`, the
 * daemon), what the graph holds that Nx keeps. Where there is none to be read, it finds all but symbolic links.
 * @param nxRoot the workspace of Nx
 * @param prefix the folder in it that holds `projects/`, with a slash at its end; empty: itself
 */
export function seenProjects(
  nxRoot: string,
  prefix = '',
  env: Readonly<Record<string, string | undefined>> = process.env,
): SeenProjects {
  const root = join(nxRoot, prefix);
  const inferred = inferredProjects(root);
  if (inferred !== null) return inferred;
  const folders = foldersOfGraph(nxRoot, env);
  return {
    has: (stack) =>
      folders === null ? !isLink(join(root, 'projects', stack)) : folders.has(`${prefix}projects/${stack}`),
  };
}

function foldersOfGraph(
  nxRoot: string,
  env: Readonly<Record<string, string | undefined>>,
): ReadonlySet<string> | null {
  const folder = env['NX_WORKSPACE_DATA_DIRECTORY'] ?? env['NX_PROJECT_GRAPH_CACHE_DIRECTORY'] ?? DATA_FOLDER;
  try {
    const text = readFileSync(resolve(nxRoot, folder, 'project-graph.json'), 'utf8');
    const { nodes } = JSON.parse(text) as { nodes: Record<string, { data: { root: string } }> };
    return new Set(Object.values(nodes).map(({ data }) => data.root));
  } catch {
    return null;
  }
}
