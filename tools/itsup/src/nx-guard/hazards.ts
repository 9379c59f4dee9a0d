import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** What in `projects/` Nx would take orders from, or would never be done with. All paths from the workspace root. */
export interface NxHazards {
  /** `project.json`: commands that Nx would run, or another name. */
  configurations: string[];
  /** `.nxignore` below `projects/`: it decides, against the workspace's own, what Nx sees. */
  ignoreFiles: string[];
  /** Links to what has no end or never answers, which Nx's own hashing reads before any plugin is loaded. */
  endless: string[];
  /** Other ignore files with an exception (`!`). */
  exceptions: string[];
  /** `package.json`, where a `workspaces` pattern of the workspace takes in `projects/`. */
  packages: string[];
}

/** Nx itself never looks into these. */
const UNSEEN = ['node_modules', '.git'];

/**
 * Looks through `projects/`; reads nothing but names, links, and small ignore files.
 * @param projects that folder, from the workspace's root
 */
export function findHazards(root: string, projects = 'projects'): NxHazards {
  const hazards: NxHazards = {
    configurations: [],
    ignoreFiles: [],
    endless: [],
    exceptions: [],
    packages: [],
  };
  const covered = takesInProjects(root, projects);
  const walk = (folder: string): void => {
    for (const entry of entriesOf(join(root, folder))) {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory()) {
        if (!UNSEEN.includes(entry.name)) walk(path);
        continue;
      }
      if (entry.name === 'project.json') hazards.configurations.push(path);
      else if (entry.name === '.nxignore') hazards.ignoreFiles.push(path);
      else if (entry.name === 'package.json' && covered) hazards.packages.push(path);
      else if (['.gitignore', '.ignore'].includes(entry.name) && hasException(root, path))
        hazards.exceptions.push(path);
      if (entry.isSymbolicLink() && isEndless(join(root, path))) hazards.endless.push(path);
    }
  };
  walk(projects);
  return hazards;
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    // What may not be listed, as a database's folder, Nx does not see either.
    return [];
  }
}

function hasException(root: string, file: string): boolean {
  try {
    const path = join(root, file);
    return statSync(path).isFile() && /^\s*!/m.test(readFileSync(path, 'utf8'));
  } catch {
    return true;
  }
}

/** A link to a device, a pipe, a socket, or a file of the kernel's. */
function isEndless(link: string): boolean {
  try {
    const stats = statSync(link);
    if (stats.isDirectory()) return false;
    return !stats.isFile() || /^\/(?:proc|sys)\//.test(realpathSync.native(link));
  } catch {
    return false;
  }
}

/** A pattern of the package managers' workspaces, from which Nx makes projects, that reaches into `projects/`. */
export function takesInProjects(root: string, projects = 'projects'): boolean {
  return workspacePatterns(root).some((pattern) => reaches(pattern.replace(/^\.\//, ''), projects));
}

/** Whether a pattern may match what is below a folder: by its part before the first wildcard. */
function reaches(pattern: string, folder: string): boolean {
  if (pattern.startsWith('!')) return false;
  const [fixed = ''] = pattern.split(/[*{[?]/);
  const isWild = fixed.length < pattern.length;
  if (fixed.startsWith(`${folder}/`) || pattern === folder) return true;
  if (!isWild || !`${folder}/`.startsWith(fixed)) return false;
  // `*` ends at a slash: `infra/*` takes in infra/projects, and nothing in it.
  const depth = pattern.includes('**') || /[{[]/.test(pattern) ? Infinity : pattern.split('/').length;
  return fixed === '' || depth > folder.split('/').length;
}

/** What the package managers take for packages of the workspace. */
export function workspacePatterns(root: string): string[] {
  return [
    ...listIn(join(root, 'package.json'), 'workspaces'),
    ...listIn(join(root, 'lerna.json'), 'packages'),
    ...pnpmPatterns(join(root, 'pnpm-workspace.yaml')),
  ];
}

function listIn(file: string, key: string): string[] {
  try {
    const content: unknown = JSON.parse(readFileSync(file, 'utf8'));
    const value = memberOf(content, key);
    const list = Array.isArray(value) ? value : memberOf(value, 'packages');
    return Array.isArray(list) ? list.filter((entry) => typeof entry === 'string') : [];
  } catch {
    return [];
  }
}

function memberOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null
    ? Object.entries(value).find(([name]) => name === key)?.[1]
    : undefined;
}

function pnpmPatterns(file: string): string[] {
  try {
    const lines = readFileSync(file, 'utf8').matchAll(/^\s*-\s*["']?([^"'#\n]+)/gm);
    return [...lines].map((match) => match[1]?.trim() ?? '');
  } catch {
    return [];
  }
}
