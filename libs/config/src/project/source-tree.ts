import type { Workspace } from '../model';
import { projectFolderOf, type ProjectFolder } from '../files/project-folder';
import { readProjectFrom } from './read-project';
import { readSettingsFrom } from '../settings/read-settings';
import { isOutside, MAX_FILE_BYTES, type ReadFile } from '../files/source-files';
import { YamlFiles } from '../yaml/yaml-files';

/** Files of a workspace that are not, or not yet, on the disk: those that a generator is about to write. */
export interface SourceTree {
  /** Names of what is in a folder, files and folders alike; none when there is no such folder. */
  list(folder: string): string[];
  /** Text of a file, its path from the workspace root with forward slashes; null when there is none. */
  read(file: string): string | null;
}

/**
 * `readWorkspace` of a tree: what the workspace will mean once its files are written. Folders of `projects/` that hold
 * neither a Compose nor an ingress file are left out without a word.
 */
export function readWorkspaceFrom(tree: SourceTree): Workspace {
  const files = new TreeFiles(tree);
  const { settings, problems } = readSettingsFrom(files);
  const workspace: Workspace = { settings, projects: [], problems: [...problems] };
  for (const [name, folder] of projectsOf(tree)) {
    const read = readProjectFrom(name, folder, settings, files);
    workspace.projects.push(read.project);
    workspace.problems.push(...read.problems);
  }
  return workspace;
}

function projectsOf(tree: SourceTree): [string, ProjectFolder][] {
  return tree
    .list('projects')
    .filter((name) => !name.startsWith('.'))
    .sort()
    .map((name): [string, ProjectFolder] => [name, projectFolderOf(new Set(tree.list(`projects/${name}`)))])
    .filter(([, { compose, ingress }]) => compose.length + ingress.length > 0);
}

class TreeFiles extends YamlFiles {
  constructor(private readonly tree: SourceTree) {
    super('');
  }

  override realPath(path: string): string | null {
    return isOutside(path) ? null : path;
  }

  override read(file: string): ReadFile {
    if (isOutside(file)) return { text: null, reason: 'outside', realFile: file };
    const text = this.tree.read(file);
    if (text === null) return { text, reason: 'missing', realFile: file };
    if (Buffer.byteLength(text) > MAX_FILE_BYTES) return { text: null, reason: 'too-big', realFile: file };
    return { text: text.charCodeAt(0) === 0xfeff ? text.slice(1) : text, realFile: file };
  }
}
