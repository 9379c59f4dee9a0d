import { isDeepStrictEqual } from 'node:util';
import { NO_FILES, readProjectFrom, withPathProblems, type ReadProject } from './read-project';
import { listProjectFolder, type ProjectFolder } from '../files/project-folder';
import { readSettingsFrom, type ReadSettings } from '../settings/read-settings';
import { ParseCache } from '../yaml/parse-cache';
import { YamlFiles } from '../yaml/yaml-files';

const FEW = 8;

/**
 * Reads the parts of one workspace that are asked for, each once, and parses only those of which a file changed since
 * they were read the last time, by whichever command: what they came to is kept in `node_modules/.cache/itsup/`.
 * Reads as of one moment: whoever comes back after something may have changed opens another.
 */
export class WorkspaceReader {
  private readonly files: YamlFiles;
  private readonly cache: ParseCache | null;
  private readonly projects = new Map<string, ReadProject>();
  private settingsRead: ReadSettings | null = null;

  /**
   * @param root workspace root
   * @param projects how many are going to be asked for; few are parsed faster than what is kept of all is read and
   * written
   */
  constructor(
    private readonly root: string,
    { projects = Infinity }: { projects?: number } = {},
  ) {
    this.files = new YamlFiles(root);
    this.cache = projects > FEW ? ParseCache.open(root) : null;
  }

  /** Whether it is one for many projects. */
  get isForMany(): boolean {
    return this.cache !== null;
  }

  /** As `readSettings`. */
  settings(): ReadSettings {
    const read = (): ReadSettings => readSettingsFrom(this.files);
    return (this.settingsRead ??=
      this.cache?.get('settings', null, this.files, read, survivesJson) ?? read());
  }

  /**
   * As `readProject`, with the workspace's own settings.
   *
   * @param listed what its folder holds, where that is known
   */
  project(name: string, listed?: ProjectFolder): ReadProject {
    const known = this.projects.get(name);
    if (known !== undefined) return known;
    const { settings } = this.settings();
    const folder = listed ?? listProjectFolder(this.root, name) ?? NO_FILES;
    const parse = (): ReadProject => readProjectFrom(name, folder, settings, this.files);
    const circumstances = { folder, paths: settings.paths };
    const parsed = this.cache?.get(`projects/${name}`, circumstances, this.files, parse) ?? parse();
    const read = withPathProblems(parsed, this.files, this.root, settings.isolation);
    // A thousand parsed files would cost more time in the garbage collector than in the parser.
    this.files.forget(`projects/${name}`);
    this.projects.set(name, read);
    return read;
  }

  /**
   * Keeps what was read for the next command.
   *
   * @param isWhole every project was asked for: what is kept of others is of folders that went
   */
  close({ isWhole = false }: { isWhole?: boolean } = {}): void {
    this.cache?.save({ isWhole });
  }
}

/** Traefik's own options are whatever their YAML is: `.nan` and dates are no JSON. */
function survivesJson(value: unknown): boolean {
  return isDeepStrictEqual(JSON.parse(JSON.stringify(value)), value);
}
