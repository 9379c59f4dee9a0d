import { scanProject, type ProjectScan } from '@itsup/config/scan';

let latest: { root: string; scans: Map<string, ProjectScan> } | undefined;

/** Scans the projects of a workspace anew. */
export function scanProjects(root: string, names: Iterable<string>): ProjectScan[] {
  const scans = new Map([...names].map((name) => [name, scanProject(root, name)]));
  latest = { root, scans };
  return [...scans.values()];
}

/** The projects that the latest inference found; null: there was none in this process. */
export function inferredProjects(root: string): ReadonlySet<string> | null {
  return latest?.root === root ? new Set(latest.scans.keys()) : null;
}

/** The scan of the latest inference: Nx asks for nodes and for edges of the same files, one right after the other. */
export function latestScan(root: string, name: string): ProjectScan {
  return (latest?.root === root ? latest.scans.get(name) : undefined) ?? scanProject(root, name);
}
