import { createRequire } from 'node:module';
import type * as composeReferencesModule from '../compose/files/compose-references';
import { isMapping } from '../yaml/is-mapping';
import type * as parseYamlModule from '../yaml/parse-yaml';
import { outsideReferences } from '../compose/files/outside-references';
import { mainFiles } from '../dotenv/main-files';
import { readComposeSettings, type ComposeSettings } from '../dotenv/compose-settings';
import { listProjectFolder, type ProjectFolder } from '../files/project-folder';
import { booleanOf } from '../yaml/boolean-text';
import { SourceFiles } from '../files/source-files';

// The parsers take longer to load than a thousand scans without them, and most workspaces need none.
const load = createRequire(__filename);
const parser = () => load('../yaml/parse-yaml') as typeof parseYamlModule;
const follower = () => load('../compose/files/compose-references') as typeof composeReferencesModule;

export { closingEdges } from '../ingress/egress-circles';
export { COMPOSE_FILES, HOST_FILES, INGRESS_FILES, RESERVED_NAMES } from '../files/project-folder';

/** The little that inference has to know of a project, read without parsing its Compose file. */
export interface ProjectScan {
  name: string;
  /** `projects/<name>`, from the workspace root. */
  folder: string;
  /** external: there is no Compose file. */
  kind: 'container' | 'external';
  enabled: boolean;
  /** There is a folder `files`. */
  hasFiles: boolean;
  /** `paths` of the ingress file. */
  paths: 'source' | 'upstream' | null;
  /** Files of the folder's top that are meant for Nx, which does not see them. */
  nxFiles: string[];
  /** `provider:service`, those of that form. */
  egress: { provider: string; service: string }[];
  /**
   * Files of the workspace outside the project's folder that its Compose files read through `extends`, `include` or
   * symbolic links; sorted.
   */
  outsideFiles: string[];
  /** Files and folders outside the project's folder that its Compose files name, in whatever attribute; sorted. */
  outsideReferences: string[];
  /**
   * What the folder's `.env` tells Compose itself: files, name, profiles. Where git ignores that file, Nx sees it in no
   * other way; null: nothing.
   */
  composeSettings: string | null;
}

/**
 * Reads what inference needs of one project. It is called for every project at every `nx` command, so it parses the
 * ingress file only where it holds a word that matters and a Compose file only where it refers to others. Never
 * throws: what is broken is readProject's to report.
 */
export function scanProject(root: string, name: string): ProjectScan {
  const folder = `projects/${name}`;
  const scan: ProjectScan = {
    name,
    folder,
    kind: 'container',
    enabled: true,
    hasFiles: false,
    paths: null,
    nxFiles: [],
    egress: [],
    outsideFiles: [],
    outsideReferences: [],
    composeSettings: null,
  };
  const listed = listProjectFolder(root, name);
  if (!listed) return scan;
  try {
    const files = new SourceFiles(root);
    const settings = scanSettings(files, folder);
    const main = mainFiles(folder, listed, settings ?? NO_SETTINGS);
    return {
      ...scan,
      kind: main.length === 0 ? 'external' : 'container',
      hasFiles: listed.hasFiles,
      composeSettings: settings === null ? null : shown(settings),
      nxFiles: listed.nx,
      ...scanIngress(files, folder, listed),
      outsideFiles: outsideFiles(root, files, folder, listed, main),
      outsideReferences: [
        ...new Set(main.flatMap((file) => outsideReferences(files.read(file).text ?? '', folder))),
      ],
    };
  } catch {
    // A disk that fails or a folder that goes away meanwhile: the targets will meet it again and say so.
    return scan;
  }
}

const NO_SETTINGS = { files: null };

/** null: the folder's `.env` says nothing to Compose itself, or is not there. */
function scanSettings(files: SourceFiles, folder: string): ComposeSettings | null {
  const { text } = files.read(`${folder}/.env`);
  return text?.includes('COMPOSE_') ? readComposeSettings(files, folder) : null;
}

function shown({ files, projectName, profiles }: ComposeSettings): string {
  return JSON.stringify([files?.map(({ file }) => file), projectName?.name, profiles]);
}

function scanIngress(
  files: SourceFiles,
  folder: string,
  { ingress: [file] }: ProjectFolder,
): Pick<ProjectScan, 'enabled' | 'paths' | 'egress'> {
  const nothing = { enabled: true, paths: null, egress: [] };
  const text = file === undefined ? null : files.read(`${folder}/${file}`).text;
  if (text === null || !/egress|enabled|paths/.test(text)) return nothing;
  const data = parser().parseYaml(`${folder}/${file}`, text, { yaml11Booleans: true }).sources[0]?.data;
  if (!isMapping(data)) return nothing;
  const edges: unknown[] = Array.isArray(data['egress']) ? data['egress'] : [];
  return {
    enabled: booleanOf(data['enabled']) !== false,
    paths: pathsOf(data['paths']),
    egress: edges.flatMap((edge) => {
      const match = typeof edge === 'string' ? /^([^:\s]+):([^:\s]+)$/.exec(edge) : null;
      return match ? [{ provider: match[1] ?? '', service: match[2] ?? '' }] : [];
    }),
  };
}

function pathsOf(value: unknown): ProjectScan['paths'] {
  return value === 'source' || value === 'upstream' ? value : null;
}

function outsideFiles(
  root: string,
  files: SourceFiles,
  folder: string,
  listed: ProjectFolder,
  main: readonly string[],
): string[] {
  const refers = main.some((file) => /extends|include/.test(files.read(file).text ?? ''));
  const compose = refers
    ? follower().composeReferences(root, main, folder)
    : main.map((file) => files.read(file).realFile);
  const ingress = listed.ingress.map((file) => files.read(`${folder}/${file}`).realFile);
  return [...new Set([...compose, ...ingress])].filter((file) => !file.startsWith(`${folder}/`)).sort();
}
