import { isDeepStrictEqual } from 'node:util';
import { listFolders } from './list-projects';
import type { Project, Workspace } from '../model';
import type { Problem } from '../problem/problem';
import { ParseCache } from '../yaml/parse-cache';
import { COMPOSE_FILES, INGRESS_FILES, type ProjectFolder } from '../files/project-folder';
import { problemsOf } from '../problem/problems-of';
import { misnamedIn, misnamedOfHost } from './misnamed';
import { misnamedFile } from './check-project';
import { readProjectFrom, withPathProblems, type ReadProject } from './read-project';
import { readSettingsFrom } from '../settings/read-settings';
import { YamlFiles } from '../yaml/yaml-files';

/**
 * The whole of `projects/` in the workspace `root`. Mistakes of the operator are in `problems`; a broken project is
 * among the others, without its broken parts. What the files came to is kept in `node_modules/.cache/itsup/` for the
 * next time.
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
  const { projects, others, files: hostFiles } = await listFolders(root);
  const workspace: Workspace = {
    settings,
    projects: [],
    problems: [
      ...problems,
      ...misnamedOfHost(hostFiles).map((each) => misnamedFile('projects', each)),
      ...[...others].map(([name, folder]) => noProject(name, folder)),
    ],
  };
  for (const [name, folder] of projects) {
    const read = readOne(name, () => {
      const known = cache.get(`projects/${name}`, { folder, paths: settings.paths }, files, () =>
        readProjectFrom(name, folder, settings, files),
      );
      return withPathProblems(known, files, root, settings.isolation);
    });
    // A thousand parsed files would cost more time in the garbage collector than in the parser.
    files.forget(`projects/${name}`);
    workspace.projects.push(read.project);
    for (const problem of read.problems) workspace.problems.push(problem);
  }
  cache.save();
  return workspace;
}

/** A project that cannot even be read is its own trouble and nobody else's. */
function readOne(name: string, read: () => ReadProject): ReadProject {
  try {
    return read();
  } catch (error) {
    const project: Project = {
      name,
      folder: `projects/${name}`,
      kind: 'container',
      enabled: true,
      paths: 'source',
      host: null,
      ingressFile: null,
      ingress: [],
      egress: [],
      compose: null,
      files: [],
    };
    return { project, problems: problemsOf(error).map((problem) => ({ ...problem, project: name })) };
  }
}

/** Traefik's own options are whatever their YAML is: `.nan` and dates are no JSON. */
function survivesJson(value: unknown): boolean {
  return isDeepStrictEqual(JSON.parse(JSON.stringify(value)), value);
}

function noProject(name: string, folder: ProjectFolder | null): Problem {
  const [slip] = misnamedIn(folder?.otherYaml ?? [], false);
  const meant = slip === undefined ? '' : `; \`${slip.file}\` is probably to be \`${slip.meant}\``;
  return {
    code: 'not-a-project',
    severity: 'warning',
    message: `projects/${name} is no project: it has neither a Compose file nor an ingress file${meant}`,
    help: `Compose files are called ${COMPOSE_FILES.join(', ')}; ingress files ${INGRESS_FILES.join(', ')}.`,
  };
}
