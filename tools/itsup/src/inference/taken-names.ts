import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { workspacePatterns } from '../nx-guard/hazards';

/**
 * Names that Nx has for the workspace's other projects. Two projects of one name would fail every Nx command, so a
 * folder of `projects/` with such a name gets another one there.
 *
 * @param files what Nx sees of `package.json` and `project.json`, among others
 * @param projects the folder of our own, with a slash at its end
 */
export function takenNames(root: string, files: readonly string[], projects: string): Set<string> {
  const others = files.filter((file) => !file.startsWith(projects));
  const isPackage = packageMatcher(workspacePatterns(root));
  const names = others.flatMap((file) => {
    const folder = posix.dirname(file);
    const isProject = posix.basename(file) === 'project.json';
    if (!isProject && (posix.basename(file) !== 'package.json' || !isPackage(folder))) return [];
    const own = nameIn(join(root, file), isProject);
    // As Nx does: without a name it is the folder's.
    return own === null ? [posix.basename(folder === '.' ? root : folder).toLowerCase()] : [own];
  });
  return new Set(names);
}

/** Whether the package manager takes a folder for a package of the workspace. The root is always one. */
function packageMatcher(patterns: readonly string[]): (folder: string) => boolean {
  const taken = patterns.filter((pattern) => !pattern.startsWith('!')).map(expressionOf);
  const left = patterns
    .filter((pattern) => pattern.startsWith('!'))
    .map((each) => expressionOf(each.slice(1)));
  return (folder) =>
    folder === '.' ||
    (taken.some((pattern) => pattern.test(folder)) && !left.some((pattern) => pattern.test(folder)));
}

/** Of `libs/*`, `packages/**`, `{a,b}/*`; what it does not know stands for anything: a name too many does no harm. */
function expressionOf(pattern: string): RegExp {
  const text = pattern.replace(/^\.\/|\/+$/g, '').replace(/\/package\.json$/, '');
  const source = text.replace(/\*\*\/?|\*|\?|[{}[\]()!,+@]+|[.^$|\\]/g, (part) => {
    if (part.startsWith('**')) return '.*';
    if (part === '*') return '[^/]*';
    return /^[.^$|\\]$/.test(part) ? `\\${part}` : '.*';
  });
  return new RegExp(`^${source}$`);
}

/** As Nx calls it. */
function nameIn(file: string, isProject: boolean): string | null {
  const { name, nx } = readJson(file);
  const own = !isProject && typeof nx === 'object' && nx !== null && 'name' in nx ? nx.name : undefined;
  return typeof own === 'string' ? own : typeof name === 'string' ? name : null;
}

function readJson(file: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
