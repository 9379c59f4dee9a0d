import { isDeepStrictEqual } from 'node:util';
import { listFolders } from './list-projects';
import type { Workspace } from './model';
import type { Problem } from './problem';
import { ParseCache } from './parse-cache';
import { COMPOSE_FILES, INGRESS_FILES } from './project-folder';
import { readProjectFrom } from './read-project';
import { readSettingsFrom } from './read-settings';
import { YamlFiles } from './yaml-files';

/**
 * The whole of `projects/` in the workspace `root`. Mistakes of the operator are in `problems`; a broken project is
 * among the others, without its broken parts. What the files came to is kept in `node_modules/.cache/itsup/` for the next time.
 */
export async function readWorkspace(root: string): Promise<Workspace> {
  const files = new YamlFiles(root);
  const cache = ParseCache.open(root);
  const { settings, problems } = cache.get(
    'settings',
    null,
    files,
    () => readSettingsFrom(files),
    survivesJson,
  );
  const { projects, others } = await listFolders(root);
  const workspace: Workspace = { settings, projects: [], problems: [...problems, ...others.map(noProject)] };
  for (const [name, folder] of projects) {
    const read = cache.get(`projects/${name}`, { folder, paths: settings.paths }, files, () =>
      readProjectFrom(name, folder, settings, files),
    );
    // A thousand parsed files would cost more time in the garbage collector than in the parser.
    files.forget(`projects/${name}`);
    workspace.projects.push(read.project);
    for (const problem of read.problems) workspace.problems.push(problem);
  }
  cache.save();
  return workspace;
}

/** Traefik's own options are whatever their YAML is: `.nan` and dates are no JSON. */
function survivesJson(value: unknown): boolean {
  return isDeepStrictEqual(JSON.parse(JSON.stringify(value)), value);
}

function noProject(name: string): Problem {
  return {
    code: 'not-a-project',
    severity: 'warning',
    message: `projects/${name} is no project: it has neither a Compose file nor an ingress file`,
    help: `Compose files are called ${COMPOSE_FILES.join(', ')}; ingress files ${INGRESS_FILES.join(', ')}.`,
  };
}
